import { invalid, pointerTo, quoted } from '@heksher/core';
import { ApiProperty } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { isPattern } from '../../access/grants.js';
import { Parsed, readEach, type Reader } from '../../http/parsed.js';
import { show, text, unacceptable } from '../../http/readers.js';
import { Strict } from '../../http/validation.js';
import { FEED_CURSOR_RULE, type FeedCursor, parseFeedCursor } from '../feed/feed-cursor.js';
import { GIVEN_EVENTS, USUAL_EVENTS } from './told.js';
import { ON_FAILURE, type OnFailure, STATES } from './webhooks.store.js';

const MOST_PATTERNS = 100;
const LONGEST_DESCRIPTION = 1_000;
const PATTERNS = `a list of 1 to ${MOST_PATTERNS} settings, each by its name, by a prefix such as billing.*, or * for all`;

const patterns: Reader<readonly string[]> = {
  accepted: PATTERNS,
  read: (given) => {
    const isList = given.kind === 'array' && given.items.length > 0 && given.items.length <= MOST_PATTERNS;
    if (!isList) throw unacceptable('settings', PATTERNS, given);
    return readEach(given.items, (item, index, problems) => {
      if (item.kind === 'string' && isPattern(item.value)) return item.value;
      const message = `settings must be ${PATTERNS}; given: ${show(item)}`;
      return problems.refuse(() => invalid(message, 'settings', { pointer: pointerTo('settings', index) }));
    });
  },
};

const EVENTS = `a list of 1 to ${GIVEN_EVENTS.length} types of events, of ${GIVEN_EVENTS.join(', ')}`;

const events: Reader<readonly string[]> = {
  accepted: EVENTS,
  read: (given) => {
    const isList = given.kind === 'array' && given.items.length > 0 && given.items.length <= GIVEN_EVENTS.length;
    if (!isList) throw unacceptable('events', EVENTS, given);
    return readEach(given.items, (item, index, problems) => {
      if (item.kind === 'string' && GIVEN_EVENTS.includes(item.value)) return item.value;
      const message = `events must be ${EVENTS}; given: ${show(item)}`;
      return problems.refuse(() => invalid(message, 'events', { pointer: pointerTo('events', index) }));
    });
  },
};

const description: Reader<string> = text(
  'description',
  `a text of at most ${LONGEST_DESCRIPTION} characters`,
  (given) => (given.length <= LONGEST_DESCRIPTION && !/[\0\p{Cs}]/u.test(given) ? given : undefined),
);

const url: Reader<string> = text('url', 'an address such as https://example.com/hook', (given) => given);

const onFailure: Reader<OnFailure> = text('on_failure', ON_FAILURE.join(' or '), (given) =>
  ON_FAILURE.find((one) => one === given),
);

const flag = (name: string): Reader<boolean> => ({
  accepted: 'true or false',
  read: (given) => {
    if (given.kind === 'boolean') return given.value;
    throw unacceptable(name, 'true or false', given);
  },
});

const GIVEN_STATES = ['enabled', 'paused'] as const;

const state: Reader<(typeof GIVEN_STATES)[number]> = text('state', GIVEN_STATES.join(' or '), (given) =>
  GIVEN_STATES.find((one) => one === given),
);

const from: Reader<FeedCursor> = text('from', FEED_CURSOR_RULE, (given) => {
  const cursor = parseFeedCursor(given);
  if (cursor !== undefined) return cursor;
  throw invalid(`from must be ${FEED_CURSOR_RULE}; given: ${quoted(given)}`, 'from');
});

const URL_PROPERTY = {
  format: 'uri',
  maxLength: 2_048,
  description:
    'Where events are sent by POST. Addresses that are not public, other protocols than https and other ports than 443 and 8443 need `HEKSHER_WEBHOOK_ALLOW`.',
  example: 'https://example.com/hooks/heksher',
};

const SETTINGS_PROPERTY = {
  type: 'array',
  minItems: 1,
  maxItems: MOST_PATTERNS,
  items: { type: 'string', minLength: 1 },
  description: 'Of which settings it is told: names, prefixes such as `billing.*`, or `*` for all.',
  example: ['billing.*'],
} as const;

const EVENTS_PROPERTY = {
  type: 'array',
  minItems: 1,
  maxItems: GIVEN_EVENTS.length,
  items: { type: 'string', enum: GIVEN_EVENTS },
  description:
    'Of which types of events it is told: of changes, of all that becomes of change sets (`heksher.changeset.*`), or of some of that. Resets it is told of in any case.',
  example: USUAL_EVENTS,
} as const;

const ON_FAILURE_PROPERTY = {
  enum: ON_FAILURE,
  description:
    'What becomes of an event that could not be delivered by the last attempt: `pause` stops there until the webhook is enabled again; `skip` notes it as a dead letter and goes on.',
};

const DESCRIPTION_PROPERTY = {
  type: String,
  maxLength: LONGEST_DESCRIPTION,
  description: 'What it is for.',
  example: 'tells the billing team',
};

const HANDSHAKE_PROPERTY = {
  type: Boolean,
  description:
    "Whether the endpoint is asked before anything is sent to it: by `OPTIONS`, as CloudEvents' abuse protection has it. Needs `HEKSHER_PUBLIC_URL`.",
  example: false,
};

@Strict()
export class CreateWebhookRequest {
  @ApiProperty(URL_PROPERTY)
  @Parsed(url)
  url!: string;

  @ApiProperty({ ...SETTINGS_PROPERTY, required: false })
  @IsOptional()
  @Parsed(patterns)
  settings: readonly string[] = ['*'];

  @ApiProperty({ ...EVENTS_PROPERTY, required: false })
  @IsOptional()
  @Parsed(events)
  events: readonly string[] = USUAL_EVENTS;

  @ApiProperty({ ...ON_FAILURE_PROPERTY, required: false })
  @IsOptional()
  @Parsed(onFailure)
  on_failure: OnFailure = 'pause';

  @ApiProperty({ ...DESCRIPTION_PROPERTY, required: false })
  @IsOptional()
  @Parsed(description)
  description = '';

  @ApiProperty({ ...HANDSHAKE_PROPERTY, required: false })
  @IsOptional()
  @Parsed(flag('handshake'))
  handshake = false;

  @ApiProperty({
    type: Boolean,
    required: false,
    description:
      'Whether events are signed by a key pair, too (`v1a`): who verifies needs the public key alone, which is no secret.',
    example: false,
  })
  @IsOptional()
  @Parsed(flag('ed25519'))
  ed25519 = false;
}

@Strict()
export class EditWebhookRequest {
  @ApiProperty({ ...URL_PROPERTY, required: false })
  @IsOptional()
  @Parsed(url)
  url?: string;

  @ApiProperty({ ...SETTINGS_PROPERTY, required: false })
  @IsOptional()
  @Parsed(patterns)
  settings?: readonly string[];

  @ApiProperty({ ...EVENTS_PROPERTY, required: false })
  @IsOptional()
  @Parsed(events)
  events?: readonly string[];

  @ApiProperty({ ...ON_FAILURE_PROPERTY, required: false })
  @IsOptional()
  @Parsed(onFailure)
  on_failure?: OnFailure;

  @ApiProperty({ ...DESCRIPTION_PROPERTY, required: false })
  @IsOptional()
  @Parsed(description)
  description?: string;

  @ApiProperty({ ...HANDSHAKE_PROPERTY, required: false })
  @IsOptional()
  @Parsed(flag('handshake'))
  handshake?: boolean;

  @ApiProperty({
    enum: GIVEN_STATES,
    required: false,
    description: 'To pause it, or to go on from its cursor, also after it failed or was disabled.',
  })
  @IsOptional()
  @Parsed(state)
  state?: 'enabled' | 'paused';
}

@Strict()
export class ReplayRequest {
  @ApiProperty({
    type: String,
    pattern: '^(0|[1-9][0-9]{0,14}-[0-9a-f]{8})$',
    description:
      'The cursor behind which everything is told again, such as the `id` of an event; `0`: the oldest there is.',
    example: '1042-9f3a61c2',
  })
  @Parsed(from)
  from!: FeedCursor;
}

export class WebhookAnswer {
  @ApiProperty({ pattern: '^[\\w-]{16}$', description: 'Its id.', example: 'q1w2e3r4t5y6u7i8' })
  id!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    pattern: '^whpk_[A-Za-z0-9+/]{43}=$',
    description: 'The public key that `v1a` signatures are verified by; null: events have none.',
    example: null,
  })
  public_key!: string | null;

  @ApiProperty({ description: 'Where events are sent.', example: 'https://example.com/hooks/heksher' })
  url!: string;

  @ApiProperty({ description: 'What it is for.', example: 'tells the billing team' })
  description!: string;

  @ApiProperty({ type: [String], description: 'Of which settings it is told.', example: ['billing.*'] })
  settings!: readonly string[];

  @ApiProperty({ type: [String], description: 'Of which types of events it is told.', example: USUAL_EVENTS })
  events!: readonly string[];

  @ApiProperty(ON_FAILURE_PROPERTY)
  on_failure!: string;

  @ApiProperty(HANDSHAKE_PROPERTY)
  handshake!: boolean;

  @ApiProperty({
    enum: STATES,
    description: '`failed`: the attempts at an event are used up; `disabled`: the endpoint answered 410.',
  })
  state!: string;

  @ApiProperty({ type: String, nullable: true, description: 'Why it is in this state; null: it was asked for.' })
  reason!: string | null;

  @ApiProperty({
    pattern: '^(0|[1-9][0-9]{0,14}-[0-9a-f]{8})$',
    description: 'It was told of everything up to here.',
    example: '1042-9f3a61c2',
  })
  cursor!: string;

  @ApiProperty({ type: 'integer', minimum: 0, description: 'How often the next event was attempted in vain.' })
  failures!: number;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it is attempted again; null: as soon as there is something.',
  })
  next_attempt_at!: string | null;

  @ApiProperty({ format: 'date-time', description: 'When it was made.', example: '2026-03-01T09:00:00.000Z' })
  created_at!: string;

  @ApiProperty({
    type: Boolean,
    description: 'Whether events are still signed by the secret before, too.',
    example: false,
  })
  rotating!: boolean;
}

export class NewWebhookAnswer extends WebhookAnswer {
  @ApiProperty({
    pattern: '^whsec_[A-Za-z0-9+/]{43}=$',
    description: 'What events are signed by. It is shown this once.',
    example: 'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
  })
  secret!: string;
}

export class WebhooksAnswer {
  @ApiProperty({ type: () => [WebhookAnswer], description: 'All webhooks, oldest first.' })
  webhooks!: readonly WebhookAnswer[];
}

export class AttemptAnswer {
  @ApiProperty({ description: 'The `webhook-id` that was sent.', example: 'msg_1042-9f3a61c2' })
  event_id!: string;

  @ApiProperty({ description: 'The type of the event.', example: 'heksher.change.committed' })
  type!: string;

  @ApiProperty({ format: 'date-time', description: 'When.', example: '2026-03-01T09:00:00.000Z' })
  at!: string;

  @ApiProperty({ type: 'integer', minimum: 0, description: 'How long it took, in milliseconds.' })
  duration_ms!: number;

  @ApiProperty({ type: 'integer', nullable: true, description: 'The status of the answer; null: there was none.' })
  status!: number | null;

  @ApiProperty({ type: String, nullable: true, description: 'What was wrong; null: it was delivered.' })
  error!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'The first 1024 bytes of the body of the answer.' })
  answer!: string | null;
}

export class AttemptsAnswer {
  @ApiProperty({ type: () => [AttemptAnswer], description: 'The last 100, newest first.' })
  attempts!: readonly AttemptAnswer[];
}

export class WebhookDeadLetter {
  @ApiProperty({ description: 'The `webhook-id` of the event.', example: 'msg_1042-9f3a61c2' })
  event_id!: string;

  @ApiProperty({ description: 'The type of the event.', example: 'heksher.change.committed' })
  type!: string;

  @ApiProperty({
    description: 'A replay from here begins with this event, as long as the change log has it.',
    example: '1039-5d0c7be1',
  })
  replay_from!: string;

  @ApiProperty({ description: 'What was wrong with the last attempt.', example: 'the answer is 500' })
  reason!: string;

  @ApiProperty({ format: 'date-time', description: 'When it was given up.', example: '2026-03-01T09:00:00.000Z' })
  at!: string;
}

export class DeadLettersAnswer {
  @ApiProperty({ type: () => [WebhookDeadLetter], description: 'The last 1000, newest first.' })
  dead_letters!: readonly WebhookDeadLetter[];
}
