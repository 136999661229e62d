import { type Requirement } from '../access/operations.js';
import { type Action, scopeOf } from '../access/grants.js';

/** A public client of OAuth, as which Swagger UI logs people in, for tokens of this audience. */
export type LoginClient = Readonly<{ clientId: string; audience: string }>;

/** Where people log in, and where the page has their token from. */
export type LoginEndpoints = Readonly<{ authorizationUrl: string; tokenUrl: string }>;

/** How readers of the documents get at the operations that they describe. */
export type DocumentAccess = Readonly<{
  /** Else everybody may do everything. */
  isControlled: boolean;
  /** Which actions need no credentials. */
  openActions: readonly Action[];
  login: LoginClient | undefined;
  /** Undefined while the issuer does not say; never rejects. */
  findEndpoints: () => Promise<LoginEndpoints | undefined>;
}>;

export const UNCONTROLLED: DocumentAccess = {
  isControlled: false,
  openActions: [],
  login: undefined,
  findEndpoints: () => Promise.resolve(undefined),
};

/** What an operation requires, in OpenAPI's terms: one of these; `{}` is nothing. */
export function securityOf(
  requirement: Requirement | undefined,
  { isControlled, openActions }: DocumentAccess,
  hasLogin: boolean,
): Record<string, string[]>[] {
  if (requirement === undefined || requirement.action === 'public') return [];
  const { action } = requirement;
  const scopes = action === 'any' ? [] : [scopeOf(action)];
  const isOpen =
    action === 'any'
      ? openActions.length > 0
      : openActions.includes(action) || (action === 'evaluate' && openActions.includes('read'));
  return [
    ...(isControlled && !isOpen ? [] : [{}]),
    { bearer: scopes },
    { key: scopes },
    ...(hasLogin ? [{ login: scopes }] : []),
  ];
}
