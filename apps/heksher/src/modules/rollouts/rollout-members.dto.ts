import {
  featureValueOf,
  FEATURE_VALUE_RULE,
  invalid,
  isStorableText,
  ProblemList,
  quoted,
  pointerTo,
} from '@heksher/core';
import { ApiProperty } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { FEATURE_VALUE } from '../../openapi/api-schemas.js';
import { Parsed, readEach, type Reader } from '../../http/parsed.js';
import { orNull, show, text, unacceptable } from '../../http/readers.js';
import { Strict } from '../../http/validation.js';
import { type MembersChange } from './rollout-members.service.js';

/** How many units one call may add and remove in all. */
export const MOST_UNITS = 10_000;
export const LARGEST_PAGE = 10_000;
export const USUAL_PAGE = 1_000;

/** A list of units, as a body gives it in `field`. Too many are refused before any is looked at. */
export const units = (field: string): Reader<readonly string[]> => ({
  read: (given) => {
    if (given.kind !== 'array') throw unacceptable(field, 'a list of units', given);
    requireFew(given.items.length, field);
    return readEach(given.items, (item, index, problems) => {
      const unit = featureValueOf(item);
      if (unit !== undefined) return unit;
      const message = `a unit must be a value of a context feature: ${FEATURE_VALUE_RULE}; given: ${show(item)}`;
      return problems.refuse(() => invalid(message, field, { pointer: pointerTo(field, index) }));
    });
  },
});

function requireFew(count: number, field: string): void {
  if (count <= MOST_UNITS) return;
  throw invalid(`at most ${MOST_UNITS} units can be given at a time; given: ${count}`, field, { code: 'too_many' });
}

const cursor = text('cursor', 'the next_cursor of a page of members, as it was answered', (given) => {
  const unit = Buffer.from(given, 'base64url').toString();
  return unit !== '' && isStorableText(unit) && formatCursor(unit) === given ? unit : undefined;
});

const limit = text('limit', `a whole number from 1 to ${LARGEST_PAGE}`, (given) => {
  const count = /^[0-9]{1,5}$/.test(given) ? Number(given) : 0;
  return count >= 1 && count <= LARGEST_PAGE ? count : undefined;
});

const prefix = text('prefix', 'the beginning of a unit', (given) => (isStorableText(given) ? given : undefined));

export const UNITS = {
  type: 'array',
  required: false,
  maxItems: MOST_UNITS,
  items: { ...FEATURE_VALUE },
  example: ['jim', 'ann@example.com'],
} as const;

@Strict()
export class ChangeMembersRequest {
  @ApiProperty({ ...UNITS, description: 'Units that are members from now on; they may be already.' })
  @IsOptional()
  @Parsed(orNull(units('add')))
  add?: readonly string[] | null;

  @ApiProperty({ ...UNITS, description: 'Units that are no members from now on; they need not have been any.' })
  @IsOptional()
  @Parsed(orNull(units('remove')))
  remove?: readonly string[] | null;
}

@Strict()
export class ReplaceMembersRequest {
  @ApiProperty({
    ...UNITS,
    required: true,
    description: 'All members that the rollout has from now on; it may be empty.',
  })
  @Parsed({ accepted: 'a list of units', ...units('members') })
  members!: readonly string[];
}

const MODES = ['add', 'remove', 'replace'] as const;
export type Mode = (typeof MODES)[number];

const mode = text('mode', 'add, remove or replace', (given) => MODES.find((each) => each === given));

@Strict()
export class ChangeMembersQuery {
  @ApiProperty({
    required: false,
    enum: MODES,
    description:
      'What becomes of the units of a body of lines, `text/csv` or `application/x-ndjson`: `add` unless it is given.',
  })
  @IsOptional()
  @Parsed(mode)
  mode?: Mode;
}

type GivenUnits = Readonly<{
  add?: readonly string[] | null | undefined;
  remove?: readonly string[] | null | undefined;
}>;

/** What a body asks for. Throws 'invalid' where it asks for nothing, for too much, or for both of one unit. */
export function unitsOf(given: GivenUnits): MembersChange {
  const { added, removed } = listsOf(given);
  return { added: [added], removed: [removed] };
}

/** The same as lists. */
export function listsOf({ add, remove }: GivenUnits): Readonly<Record<'added' | 'removed', readonly string[]>> {
  if (add === undefined && remove === undefined) {
    throw invalid('give add, remove, or both: lists of units', 'body', { code: 'missing' });
  }
  const [added, removed] = [add ?? [], remove ?? []];
  requireFew(added.length + removed.length, 'add');
  const additions = new Set(added);
  const problems = new ProblemList();
  removed.forEach((unit, index) => {
    if (!additions.has(unit)) return;
    const message = `the unit ${quoted(unit)} cannot both be added and removed`;
    problems.add(() => ({ field: 'remove', pointer: pointerTo('remove', index), message, code: 'exclusive' }));
  });
  problems.throwIfAny();
  return { added, removed };
}

@Strict()
export class ListMembersQuery {
  @ApiProperty({
    required: false,
    description: 'The `next_cursor` of the page before; the first page needs none.',
    example: 'YW5uQGV4YW1wbGUuY29t',
  })
  @IsOptional()
  @Parsed(cursor)
  cursor?: string;

  @ApiProperty({
    required: false,
    type: 'string',
    pattern: '^[0-9]{1,5}$',
    default: String(USUAL_PAGE),
    description: `How many members a page has at most: 1 to ${LARGEST_PAGE}.`,
    example: '100',
  })
  @IsOptional()
  @Parsed(limit)
  limit?: number;

  @ApiProperty({
    ...FEATURE_VALUE,
    required: false,
    description: 'Only members that begin so, code point by code point.',
    example: 'ann',
  })
  @IsOptional()
  @Parsed(prefix)
  prefix: string = '';
}

/** The cursor of the page after this unit. */
export function formatCursor(unit: string): string {
  return Buffer.from(unit).toString('base64url');
}
