import { type IncomingMessage } from 'node:http';
import { LRUCache } from 'lru-cache';
import { badCredentials } from '../../access/access-error.js';
import { type Grant, grantsOfScopes, type Permissions, permissionsOf } from '../../access/grants.js';
import { type NamedSubject } from '../../access/principal.js';
import { type Gateways } from '../../http/gateways.js';
import { decodeHeader } from '../../http/message.js';

/** By which headers a gateway says whom it has authenticated; their names in lower case. */
export type GatewayIdentityOptions = Readonly<{
  subjectHeader: string;
  /** Has scopes such as `heksher:read`; undefined: every subject is granted the same. */
  scopesHeader: string | undefined;
  grants: readonly Grant[];
}>;

const MOST_IDENTITIES = 10_000;
const LONGEST_KEPT = 1_000;

/** Whom trusted gateways name: they have checked the credentials, and are believed. */
export class GatewayIdentity {
  private readonly known = new LRUCache<string, NamedSubject>({ max: MOST_IDENTITIES });
  private readonly granted: Permissions;

  constructor(
    private readonly options: GatewayIdentityOptions,
    private readonly gateways: Gateways,
  ) {
    this.granted = permissionsOf(options.grants);
  }

  /** Whoever a gateway names as the sender; undefined where none does. Throws AccessError where it cannot be one. */
  find(request: IncomingMessage): NamedSubject | undefined {
    const { subjectHeader, scopesHeader } = this.options;
    const subject = request.headers[subjectHeader];
    if (typeof subject !== 'string' || subject === '' || !this.gateways.isFrom(request)) return undefined;
    const scopes = scopesHeader === undefined ? undefined : request.headers[scopesHeader];
    if (isRepeated(request, subjectHeader) || (scopesHeader !== undefined && isRepeated(request, scopesHeader)))
      throw badCredentials('the gateway names whom it has authenticated more than once');
    if (request.headers.authorization !== undefined || request.headers['x-api-key'] !== undefined)
      throw badCredentials(
        'credentials came with the name of somebody whom the gateway has authenticated; give one of them',
      );
    const key = `${subject}\n${String(scopes)}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const named = this.namedAs(decodeHeader(subject), typeof scopes === 'string' ? scopes : '');
    if (key.length <= LONGEST_KEPT) this.known.set(key, named);
    return named;
  }

  private namedAs(subject: string, text: string): NamedSubject {
    if (subject.length > 255 || /[\p{Cc}\p{Cs}\u2028\u2029]/u.test(subject))
      throw badCredentials('whom the gateway names must be a text of 1 to 255 characters in one line');
    const scopes = grantsOfScopes(text.split(/[\s,]+/));
    const unstored = this.options.scopesHeader === undefined ? this.granted : permissionsOf(scopes);
    return { by: 'gateway', subject, scopes, unstored, expiresAtMs: Infinity };
  }
}

/** Node joins the values of a header that comes more than once. */
function isRepeated({ rawHeaders }: IncomingMessage, name: string): boolean {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const given = rawHeaders[index] ?? '';
    if (given.length === name.length && given.toLowerCase() === name) count += 1;
  }
  return count > 1;
}
