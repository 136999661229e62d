import { FEATURE_VALUE_RULE, invalid, isFeatureValue, isStorableText, quoted } from '@heksher/core';
import { Injectable, type PipeTransform } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { FEATURE_VALUE } from '../../openapi/api-schemas.js';
import { IsReadBy } from '../../http/checks.js';

/** How many units one call may add and remove in all. */
export const MOST_UNITS = 10_000;
export const LARGEST_PAGE = 10_000;
const USUAL_PAGE = 1_000;

/** The units of a body. Throws 'invalid'. */
function readUnits(given: unknown): readonly string[] {
  if (!Array.isArray(given)) throw invalid(`add and remove must be lists of units, not ${shown(given)}`);
  return given.map((unit) => readUnit(unit));
}

function readUnit(given: unknown, field?: string): string {
  if (typeof given === 'string' && isFeatureValue(given)) return given;
  throw invalid(`a unit must be a value of a context feature: ${FEATURE_VALUE_RULE}; given: ${shown(given)}`, field);
}

function shown(given: unknown): string {
  return typeof given === 'string' ? quoted(given) : `a ${given === null ? 'null' : typeof given}`;
}

/** A unit from a path. */
@Injectable()
export class UnitPipe implements PipeTransform<string, string> {
  transform(text: string): string {
    return readUnit(text, 'unit');
  }
}

const UNITS = {
  type: 'array',
  required: false,
  maxItems: MOST_UNITS,
  items: { ...FEATURE_VALUE },
  example: ['jim', 'ann@example.com'],
} as const;

export class ChangeMembersDto {
  @ApiProperty({ ...UNITS, description: 'Units that are members from now on; they may be already.' })
  @IsOptional()
  @IsReadBy(readUnits)
  add?: readonly string[] | null;

  @ApiProperty({ ...UNITS, description: 'Units that are no members from now on; they need not have been any.' })
  @IsOptional()
  @IsReadBy(readUnits)
  remove?: readonly string[] | null;
}

/** What a body asks for. Throws 'invalid' where it asks for nothing, for too much, or for both of one unit. */
export function unitsOf({
  add,
  remove,
}: ChangeMembersDto): Readonly<{ added: readonly string[]; removed: readonly string[] }> {
  if (add === undefined && remove === undefined) throw invalid('give add, remove, or both: lists of units', 'body');
  const [added, removed] = [add ?? [], remove ?? []];
  const count = added.length + removed.length;
  if (count > MOST_UNITS) {
    throw invalid(`at most ${MOST_UNITS} units can be given at a time; given: ${count}`, 'add');
  }
  const removals = new Set(removed);
  const torn = added.find((unit) => removals.has(unit));
  if (torn !== undefined) throw invalid(`the unit ${quoted(torn)} cannot both be added and removed`, 'remove');
  return { added, removed };
}

export class ListMembersQuery {
  @ApiProperty({
    required: false,
    description: 'The `next_cursor` of the page before; the first page needs none.',
    example: 'YW5uQGV4YW1wbGUuY29t',
  })
  @IsOptional()
  @IsReadBy(readCursor)
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
  @IsReadBy(readLimit)
  limit?: string;
}

/** Where a page begins, and how long it is. */
export function pageOf({ cursor, limit }: ListMembersQuery): Readonly<{ after: string; limit: number }> {
  return {
    after: cursor === undefined ? '' : readCursor(cursor),
    limit: limit === undefined ? USUAL_PAGE : readLimit(limit),
  };
}

/** The cursor of the page after this unit. */
export function formatCursor(unit: string): string {
  return Buffer.from(unit).toString('base64url');
}

function readCursor(given: unknown): string {
  const unit = typeof given === 'string' ? Buffer.from(given, 'base64url').toString() : '';
  if (unit !== '' && isStorableText(unit) && formatCursor(unit) === given) return unit;
  throw invalid('cursor must be the next_cursor of a page of members, as it was answered', 'cursor');
}

function readLimit(given: unknown): number {
  const limit = typeof given === 'string' && /^[0-9]{1,5}$/.test(given) ? Number(given) : 0;
  if (limit >= 1 && limit <= LARGEST_PAGE) return limit;
  throw invalid(`limit must be a whole number from 1 to ${LARGEST_PAGE}; given: ${shown(given)}`, 'limit');
}
