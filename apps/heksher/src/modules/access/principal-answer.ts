import { HeksherError, quoted, type RawJson, type Writable } from '@heksher/core';
import { jsonAnswer } from '../../json-answer.js';
import { type Resource } from '../../writes.js';
import { findPrincipal, type StoredPrincipal } from './principals.store.js';

export function principalAnswer(principal: StoredPrincipal): RawJson {
  return jsonAnswer(principalMembers(principal));
}

export function principalMembers(principal: StoredPrincipal): Record<string, Writable> {
  const { id, kind, issuer, name, grants, pinned, note, createdAt, updatedAt } = principal;
  const times = { created_at: createdAt.toISOString(), updated_at: updatedAt.toISOString() };
  return { id, kind, issuer, name, grants, pinned, note, ...times };
}

export const thePrincipal =
  (id: string): Resource =>
  async (db) => {
    const principal = await findPrincipal(db, id);
    if (principal === undefined) throw noSuchPrincipal(id);
    return {
      answers: [principalAnswer(principal)],
      trace: { setting: null, columns: { heksher_principals: 'id' }, key: id },
    };
  };

export function noSuchPrincipal(id: string): HeksherError {
  const message = `the principal ${quoted(id)} does not exist`;
  const entry = { field: 'id', parameter: 'id', code: 'principal_not_found', message } as const;
  return new HeksherError('not_found', message, { errors: [entry] });
}
