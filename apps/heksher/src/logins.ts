import { type AccessConfig } from './config-access.js';
import { type Config } from './config.js';
import { type ConsoleAccess } from './modules/console/console-settings.js';
import { type DocumentAccess, UNCONTROLLED } from './openapi/document-access.js';
import { DocsLogin } from './modules/access/docs-login.js';
import { type Logger } from './modules/logging/index.js';

/** How the documents are protected, and how people sign in to try operations out. */
export function documentAccessOf({ openActions, oauth, docsClientId }: AccessConfig, log: Logger): DocumentAccess {
  const common = { ...UNCONTROLLED, isControlled: true, openActions };
  const [first] = oauth?.issuers ?? [];
  if (oauth === undefined || first === undefined || docsClientId === undefined) return common;
  const login = { clientId: docsClientId, audience: oauth.audience };
  return { ...common, login, findEndpoints: new DocsLogin(first.issuer, log).find };
}

/** How people sign in to the console: at the issuer as a public client, else by a key; undefined where nobody needs to. */
export function consoleLoginOf({ docOnly, access, console, gateways }: Config, log: Logger): ConsoleAccess {
  const isControlled = access !== undefined && !docOnly;
  const isNamed = gateways.identity !== undefined && !docOnly;
  const [first] = access?.oauth?.issuers ?? [];
  const clientId = console?.clientId ?? access?.docsClientId;
  if (!isControlled || access.oauth === undefined || first === undefined || clientId === undefined)
    return { isControlled, isNamed, isDocOnly: docOnly, login: undefined };
  const find = new DocsLogin(first.issuer, log.child('access')).find;
  const scopes = console?.scopes ?? [];
  return {
    isControlled,
    isNamed,
    isDocOnly: docOnly,
    login: { issuer: first.issuer, clientId, audience: access.oauth.audience, scopes, find },
  };
}
