/** As much of `oidc-provider` as tests use; the package has no types of its own. */
declare module 'oidc-provider' {
  import { type IncomingMessage, type ServerResponse } from 'node:http';

  type Model = Readonly<{ save(): Promise<string> }>;

  export class Provider {
    constructor(issuer: string, configuration: Readonly<Record<string, unknown>>);
    callback(): (request: IncomingMessage, response: ServerResponse) => void;
    readonly Client: { find(id: string): Promise<object> };
    readonly Grant: new (of: Readonly<{ accountId: string; clientId: string }>) => Model & {
      addOIDCScope(scope: string): void;
      addResourceScope(resource: string, scope: string): void;
    };
    readonly AuthorizationCode: new (of: Readonly<Record<string, unknown>>) => Model;
  }
}
