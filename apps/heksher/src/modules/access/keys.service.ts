import { invalid, quoted } from '@heksher/core';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { formatGrant, type Grant, parseGrant } from '../../access/grants.js';
import { type Caller } from '../../caller.js';
import { NOTHING_YET, Writes } from '../../writes.js';
import { Logger } from '../logging/index.js';
import { RulesetWriter } from '../ruleset/ruleset-writer.js';
import { findKey, insertKey, listKeys, revokeKey, type StoredKey } from './access.store.js';
import { type NewKey, makeKey, selectorOf, verifierOf } from './api-key.js';
import { theKey } from './key-answer.js';
import { type PublicUse, requireSoundPublicUse, storedPublicUse } from './public-keys.js';
import { noSuchKey } from './no-such-key.js';

/** A key to be made. */
export type KeyDraft = PublicUse &
  Readonly<{
    subject: string;
    kind: 'user' | 'machine' | 'public';
    grants: readonly Grant[];
    pinned: ReadonlyMap<string, string>;
    description: string;
    expiresAt: Date | null;
  }>;

/** Keys of our own. A revoked one stays, so that it is known whose it was. */
@Injectable()
export class KeysService {
  private readonly writes: Writes;

  constructor(
    private readonly dataSource: DataSource,
    writer: RulesetWriter,
    logger: Logger,
  ) {
    this.writes = new Writes(dataSource, writer, logger.child('access'), []);
  }

  list(): Promise<readonly StoredKey[]> {
    return listKeys(this.dataSource.manager);
  }

  find(selector: string): Promise<StoredKey> {
    return requireKey(this.dataSource.manager, selector);
  }

  /** @returns the key as it is stored, and its text, which nobody can find out later */
  create(draft: KeyDraft, caller: Caller): Promise<Readonly<{ stored: StoredKey; text: string }>> {
    requireSound(draft);
    requireSoundPublicUse(draft);
    const key = makeKey(draft.kind === 'public' ? 'p' : 's');
    return this.writes.run(caller, NOTHING_YET, async (db, log) => {
      await store(db, draft, key);
      log('key created', { key: key.selector, subject: draft.subject });
      return { stored: await requireKey(db, key.selector), text: key.text };
    });
  }

  /** A key that the operator made, with all grants, where it is not there yet. Throws `invalid` for what is no key. */
  async ensureAdmin(text: string): Promise<void> {
    const selector = selectorOf(text);
    if (selector === undefined || !text.startsWith('hk_s_'))
      throw invalid('HEKSHER_ADMIN_KEY is no key; make one by "heksher keys generate"');
    if ((await findKey(this.dataSource.manager, selector)) !== undefined) return;
    const draft: KeyDraft = {
      subject: 'admin',
      kind: 'machine',
      grants: [parseGrant('admin')],
      pinned: new Map(),
      description: 'HEKSHER_ADMIN_KEY',
      expiresAt: null,
      origins: [],
      rate: undefined,
    };
    await this.writes.run({ message: 'HEKSHER_ADMIN_KEY' }, NOTHING_YET, async (db, log) => {
      // Another replica may have been first.
      if ((await findKey(db, selector)) !== undefined) return;
      await store(db, draft, { text, selector, verifier: verifierOf(text) });
      log('key created', { key: selector, subject: draft.subject });
    });
  }

  /** From the next request on, every replica refuses it. Revoked already: nothing changes. */
  async revoke(selector: string, caller: Caller): Promise<void> {
    await this.writes.run(caller, theKey(selector), async (db, log) => {
      const { revokedAt, subject } = await requireKey(db, selector);
      if (revokedAt !== null) return;
      await revokeKey(db, selector);
      log('key revoked', { key: selector, subject });
    });
  }
}

/** Whoever has pinned features must not read the rules of others. */
export function requireSound({ grants, pinned }: Pick<KeyDraft, 'grants' | 'pinned'>, what = 'a key'): void {
  const more = grants.find(({ action }) => action !== 'evaluate');
  if (pinned.size === 0 || more === undefined) return;
  const message = `${what} with pinned features may only evaluate; given: ${quoted(formatGrant(more))}`;
  throw invalid(message, 'grants', { pointer: `/grants/${grants.indexOf(more)}`, code: 'exclusive' });
}

async function store(db: EntityManager, draft: KeyDraft, { selector, verifier }: NewKey): Promise<void> {
  const { subject, kind, grants, pinned, description, expiresAt } = draft;
  const texts = [...new Set(grants.map(formatGrant))];
  const stored = { selector, subject, kind, grants: texts, pinned: Object.fromEntries(pinned), description, expiresAt };
  await insertKey(db, { ...stored, ...storedPublicUse(draft) }, verifier);
}

async function requireKey(db: EntityManager, selector: string): Promise<StoredKey> {
  const key = await findKey(db, selector);
  if (key !== undefined) return key;
  throw noSuchKey(selector);
}
