import { type JsonText, jsonText, rawJson, type Writable, writeJson } from '@heksher/core';
import { cursorOf } from '../feed/feed.service.js';
import { type FeedCursor, formatFeedCursor } from '../feed/feed-cursor.js';
import { type Transaction } from '../history/transaction-log.js';
import { type ChangesetEvent } from './outbox.store.js';

/** An event as it is sent: `id` is the `webhook-id`, the same in each attempt; `body` a CloudEvent in JSON. */
export type OutgoingEvent = Readonly<{
  id: string;
  type: string;
  body: Buffer;
  /** W3C's, of the write that it tells of. */
  traceparent?: string | undefined;
  tracestate?: string | undefined;
}>;

export const CONTENT_TYPE = 'application/cloudevents+json; charset=utf-8';

export const EVENT_TYPES = {
  committed: 'heksher.change.committed',
  reset: 'heksher.feed.reset',
  test: 'heksher.webhook.test',
} as const;

/** Bodies of more bytes than this have no data, and say where that is, as Standard Webhooks advises. */
const MOST_BYTES = 20_000;

/** Digits of `sequence`, which is compared as text. */
const SEQUENCE_DIGITS = 19;

/**
 * A transaction as an event.
 * @param source the public address of the service, without a slash at its end; empty: it is not known
 * @param change what the change feed says of it
 */
export function committedEvent(source: string, transaction: Transaction, change: JsonText): OutgoingEvent {
  const { last, at, actor, settings } = transaction;
  const trace = {
    traceparent: transaction.traceparent ?? undefined,
    tracestate: transaction.tracestate ?? undefined,
  };
  const id = formatFeedCursor(cursorOf(transaction));
  const head = {
    ...headOf(source, EVENT_TYPES.committed, id, at),
    subject: settings.length === 1 ? settings[0] : undefined,
    sequence: sequenceOf(last),
    authtype: 'unknown',
    authid: actor,
    ...trace,
  };
  return { ...outgoing(id, head.type, bodyOf(head, change, `${source}/api/v1/history/${last}`)), ...trace };
}

/** What became of a change set; `sequence` is that of the revision that it came behind. */
export function changesetEvent(source: string, event: ChangesetEvent): OutgoingEvent {
  const { token, seq, changeset, kind, at, actor, settings, data } = event;
  const id = `changeset-${changeset}-${token}`;
  const [subject] = settings?.length === 1 && settings[0] !== '*' ? settings : [];
  const head = {
    ...headOf(source, changesetType(kind), id, at),
    subject,
    sequence: sequenceOf(seq),
    authtype: actor === null ? 'system' : 'unknown',
    authid: actor ?? undefined,
  };
  return outgoing(id, head.type, bodyOf(head, jsonText(data), `${source}/api/v1/changesets/${changeset}`));
}

export function changesetType(kind: string): string {
  return `heksher.changeset.${kind}`;
}

function bodyOf(head: Readonly<Record<string, Writable | undefined>>, data: JsonText, dataref: string): Buffer {
  const body = Buffer.from(writeJson({ ...head, data: rawJson(data) }));
  return body.length <= MOST_BYTES ? body : Buffer.from(writeJson({ ...head, dataref }));
}

/** That changes before `now` cannot be told: what they made has to be read anew. */
export function resetEvent(source: string, from: string, now: FeedCursor): OutgoingEvent {
  const id = `reset-${formatFeedCursor(now)}`;
  const head = headOf(source, EVENT_TYPES.reset, id);
  const data = { after: from, now: formatFeedCursor(now) };
  return outgoing(id, head.type, Buffer.from(writeJson({ ...head, sequence: sequenceOf(now.seq), data })));
}

/** An event of no change, to try an endpoint. */
export function testEvent(source: string, webhook: string, atMs: number): OutgoingEvent {
  const id = `test-${webhook}-${atMs}`;
  const head = headOf(source, EVENT_TYPES.test, id, new Date(atMs).toISOString());
  return outgoing(id, head.type, Buffer.from(writeJson({ ...head, data: { webhook } })));
}

function headOf(source: string, type: string, id: string, time?: string) {
  const where = source === '' ? '/heksher' : source;
  return { specversion: '1.0', id, source: where, type, time, datacontenttype: 'application/json' };
}

function outgoing(id: string, type: string, body: Buffer): OutgoingEvent {
  return { id: `msg_${id}`, type, body };
}

function sequenceOf(seq: number): string {
  return String(seq).padStart(SEQUENCE_DIGITS, '0');
}
