import { randomBytes } from 'node:crypto';
import { HeksherError, invalid, notAcceptable, quoted } from '@heksher/core';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Caller, loggedCaller } from '../../caller.js';
import { Feed } from '../feed/feed.service.js';
import { type FeedCursor, formatFeedCursor } from '../feed/feed-cursor.js';
import { Logger } from '../logging/index.js';
import { type Attempt, type DeadLetter, listAttempts, listDead, noteAttempt } from './attempts.store.js';
import { testEvent } from './cloud-event.js';
import { Delivery } from './delivery.js';
import { SecretBox } from './secret-box.js';
import { Sender } from './sender.js';
import { makeSecret } from './signature.js';
import { SsrfGuard } from './ssrf-guard.js';
import { noSuchWebhook } from './webhook-answer.js';
import { WebhookOptions } from './webhook-options.js';
import {
  deleteWebhook,
  editWebhook,
  findWebhook,
  insertWebhook,
  listWebhooks,
  moveCursor,
  replaceSecret,
  type StoredWebhook,
  type WebhookDraft,
  type WebhookEdit,
} from './webhooks.store.js';

const MOST_WEBHOOKS = 100;
const ID_BYTES = 12;
/** For how long events are signed by the secret before, too. */
const ROTATION_S = 86_400;

/** An endpoint with its secret, which nobody is told later. */
export type WithSecret = Readonly<{ webhook: StoredWebhook; secret: string }>;

/** Endpoints that are told of changes. They are no data: to write them makes no revision. */
@Injectable()
export class WebhooksService {
  private readonly log: Logger;

  constructor(
    private readonly dataSource: DataSource,
    private readonly feed: Feed,
    private readonly guard: SsrfGuard,
    private readonly secrets: SecretBox,
    private readonly delivery: Delivery,
    private readonly sender: Sender,
    private readonly options: WebhookOptions,
    logger: Logger,
  ) {
    this.log = logger.child('webhooks');
  }

  list(): Promise<readonly StoredWebhook[]> {
    return listWebhooks(this.dataSource.manager);
  }

  async find(id: string): Promise<StoredWebhook> {
    const webhook = isId(id) ? await findWebhook(this.dataSource.manager, id) : undefined;
    if (webhook === undefined) throw noSuchWebhook(id);
    return webhook;
  }

  async attempts(id: string): Promise<readonly Attempt[]> {
    await this.find(id);
    return listAttempts(this.dataSource.manager, id);
  }

  async deadLetters(id: string): Promise<readonly DeadLetter[]> {
    await this.find(id);
    return listDead(this.dataSource.manager, id);
  }

  /** @param hasKeyPair whether events are signed by a key pair, too */
  async create(
    draft: Omit<WebhookDraft, 'id' | 'secret' | 'publicKey'>,
    hasKeyPair: boolean,
    caller: Caller,
  ): Promise<WithSecret> {
    this.secrets.requireUsable();
    this.guard.parseUrl(draft.url);
    if (draft.handshake) this.requireOrigin();
    const id = randomBytes(ID_BYTES).toString('base64url');
    const { bytes, secret, publicKey } = makeSecret(hasKeyPair);
    const stored = { ...draft, id, publicKey, secret: this.secrets.seal(bytes, id) };
    if (!(await insertWebhook(this.dataSource.manager, stored, MOST_WEBHOOKS))) throw tooMany();
    this.logged('webhook created', id, caller);
    return { webhook: await this.find(id), secret };
  }

  async edit(id: string, edit: WebhookEdit, caller: Caller): Promise<StoredWebhook> {
    if (edit.url !== undefined) this.guard.parseUrl(edit.url);
    if (edit.handshake === true) this.requireOrigin();
    await this.find(id);
    await editWebhook(this.dataSource.manager, id, edit);
    this.logged('webhook changed', id, caller);
    this.sender.wake();
    return this.find(id);
  }

  async delete(id: string, caller: Caller): Promise<void> {
    if (!isId(id) || !(await deleteWebhook(this.dataSource.manager, id))) throw noSuchWebhook(id);
    this.logged('webhook deleted', id, caller);
  }

  async rotate(id: string, caller: Caller): Promise<WithSecret> {
    this.secrets.requireUsable();
    const { publicKey: present } = await this.find(id);
    const { bytes, secret, publicKey } = makeSecret(present !== null);
    await replaceSecret(this.dataSource.manager, id, { secret: this.secrets.seal(bytes, id), publicKey }, ROTATION_S);
    this.logged('secret of a webhook replaced', id, caller);
    return { webhook: await this.find(id), secret };
  }

  /** Everything behind the cursor is told again. Throws `gone` where the log does not have that. */
  async replay(id: string, from: FeedCursor, caller: Caller): Promise<StoredWebhook> {
    await this.find(id);
    const { kind } = await this.feed.transactionsAfter(from, 1);
    if (kind === 'reset') throw notInLog(from);
    await moveCursor(this.dataSource.manager, id, from);
    this.logged('webhook replayed', id, caller, { from: formatFeedCursor(from) });
    this.sender.wake();
    return this.find(id);
  }

  /** One attempt with an event of no change, in whatever state the endpoint is. */
  async test(id: string): Promise<Attempt> {
    this.secrets.requireUsable();
    const webhook = await this.find(id);
    const event = testEvent(this.options.source, id, Date.now());
    const { attempt } = await this.delivery.attempt(webhook, event);
    await noteAttempt(this.dataSource.manager, id, attempt);
    return attempt;
  }

  private requireOrigin(): void {
    if (this.options.source !== '') return;
    const message = 'handshake needs HEKSHER_PUBLIC_URL, whose host is told to the endpoint as the origin of events';
    throw invalid(message, 'handshake');
  }

  private logged(message: string, webhook: string, caller: Caller, more: Readonly<Record<string, string>> = {}): void {
    this.log.info(message, { webhook, ...more, ...loggedCaller(caller) });
  }
}

/** Other texts may be what PostgreSQL cannot take. */
function isId(text: string): boolean {
  return /^[\w-]{16}$/.test(text);
}

function tooMany(): HeksherError {
  const message = `there are ${MOST_WEBHOOKS} webhooks already, which is the most there can be`;
  return notAcceptable(message, { field: 'request', code: 'too_many' });
}

function notInLog(from: FeedCursor): HeksherError {
  const message = `the change log has no revision ${quoted(formatFeedCursor(from))}: it was pruned, or is of another history`;
  return invalid(message, 'from', { code: 'pruned' });
}
