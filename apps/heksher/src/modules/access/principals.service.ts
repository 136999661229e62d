import { randomBytes } from 'node:crypto';
import { conflict, invalid, quoted } from '@heksher/core';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { formatGrant, type Grant } from '../../access/grants.js';
import { type Caller } from '../../caller.js';
import { NOTHING_YET, Writes } from '../../writes.js';
import { Logger } from '../logging/index.js';
import { RulesetWriter } from '../ruleset/ruleset-writer.js';
import { requireSound } from './keys.service.js';
import { noSuchPrincipal, thePrincipal } from './principal-answer.js';
import {
  deletePrincipal,
  findPrincipal,
  findPrincipalId,
  insertPrincipal,
  listPrincipals,
  type PrincipalKind,
  type StoredPrincipal,
  updatePrincipal,
} from './principals.store.js';

/** Of whom something is to be stored: never changes. */
export type PrincipalName = Readonly<{ kind: PrincipalKind; issuer: string; name: string }>;

/** What is to be stored of them. */
export type PrincipalDraft = Readonly<{
  grants: readonly Grant[];
  pinned: ReadonlyMap<string, string>;
  note: string;
}>;

/** What is stored of those who come with access tokens. From the next request on, it holds on every replica. */
@Injectable()
export class PrincipalsService {
  private readonly writes: Writes;

  constructor(
    private readonly dataSource: DataSource,
    writer: RulesetWriter,
    logger: Logger,
  ) {
    this.writes = new Writes(dataSource, writer, logger.child('access'));
  }

  list(): Promise<readonly StoredPrincipal[]> {
    return listPrincipals(this.dataSource.manager);
  }

  find(id: string): Promise<StoredPrincipal> {
    return requirePrincipal(this.dataSource.manager, id);
  }

  create(name: PrincipalName, draft: PrincipalDraft, caller: Caller): Promise<StoredPrincipal> {
    requireFit(name, draft);
    return this.writes.run(caller, NOTHING_YET, async (db, log) => {
      await requireNew(db, name);
      const id = randomBytes(16).toString('base64url');
      await insertPrincipal(db, { id, ...name, ...columnsOf(draft) });
      log('principal stored', { principal: id, ...name });
      return requirePrincipal(db, id);
    });
  }

  replace(id: string, draft: PrincipalDraft, caller: Caller): Promise<StoredPrincipal> {
    return this.writes.run(caller, thePrincipal(id), async (db, log) => {
      const { kind, issuer, name } = await requirePrincipal(db, id);
      requireFit({ kind, issuer }, draft);
      await updatePrincipal(db, { id, ...columnsOf(draft) });
      log('principal replaced', { principal: id, kind, issuer, name });
      return requirePrincipal(db, id);
    });
  }

  async delete(id: string, caller: Caller): Promise<void> {
    await this.writes.run(caller, thePrincipal(id), async (db, log) => {
      const { kind, issuer, name } = await requirePrincipal(db, id);
      await deletePrincipal(db, id);
      log('principal deleted', { principal: id, kind, issuer, name });
    });
  }
}

/** Of several roles that pin one feature, nobody could say which holds. A gateway or a certificate names a subject and nothing else. */
function requireFit({ kind, issuer }: Omit<PrincipalName, 'name'>, draft: PrincipalDraft): void {
  requireSound(draft, 'a principal');
  if (kind !== 'subject' && (issuer === 'gateway' || issuer === 'certificate')) {
    const message = `of whom a ${issuer} names something is stored as a subject, and not as a ${kind}`;
    throw invalid(message, 'kind', { code: 'exclusive' });
  }
  if (kind !== 'role' || draft.pinned.size === 0) return;
  throw invalid('a role pins no context features; pin those of a subject or a client', 'pinned', { code: 'exclusive' });
}

async function requireNew(db: EntityManager, principal: PrincipalName): Promise<void> {
  const id = await findPrincipalId(db, principal);
  if (id === undefined) return;
  const { kind, issuer, name } = principal;
  const message = `something is stored of the ${kind} ${quoted(name)} of ${quoted(issuer)} already`;
  throw conflict(message, { field: 'name', code: 'already_exists', details: { principal_id: id } });
}

async function requirePrincipal(db: EntityManager, id: string): Promise<StoredPrincipal> {
  const principal = await findPrincipal(db, id);
  if (principal !== undefined) return principal;
  throw noSuchPrincipal(id);
}

function columnsOf({ grants, pinned, note }: PrincipalDraft): Pick<StoredPrincipal, 'grants' | 'pinned' | 'note'> {
  return { grants: [...new Set(grants.map(formatGrant))], pinned: Object.fromEntries(pinned), note };
}
