import { errorMessage } from '@heksher/core';
import { type LoginEndpoints } from '../../openapi/document-access.js';
import { type Logger } from '../logging/index.js';
import { discover } from './issuer-keys.js';

/** An issuer that does not answer is asked again after this. */
const COOLDOWN_MS = 30_000;

/** Where readers of the documents log in, by the metadata of the issuer. */
export class DocsLogin {
  private found: LoginEndpoints | undefined;
  private finding: Promise<LoginEndpoints | undefined> | undefined;
  private triedAtMs = -Infinity;

  constructor(
    private readonly issuer: string,
    private readonly log: Pick<Logger, 'warn'>,
    private readonly clock: () => number = () => performance.now(),
  ) {}

  /** Undefined where the issuer does not say, or does not answer; those who ask at the same time wait for one answer. */
  readonly find = (): Promise<LoginEndpoints | undefined> => {
    if (this.finding !== undefined) return this.finding;
    if (this.found !== undefined || this.clock() - this.triedAtMs < COOLDOWN_MS) return Promise.resolve(this.found);
    this.finding = this.ask().finally(() => (this.finding = undefined));
    return this.finding;
  };

  private async ask(): Promise<LoginEndpoints | undefined> {
    this.triedAtMs = this.clock();
    try {
      const endpoints = await discover(this.issuer, ['authorization_endpoint', 'token_endpoint']);
      this.found = { authorizationUrl: endpoints.authorization_endpoint, tokenUrl: endpoints.token_endpoint };
    } catch (error) {
      const problem = errorMessage(error);
      this.log.warn('nobody can log in to the documents: the issuer does not say where', {
        issuer: this.issuer,
        problem,
      });
    }
    return this.found;
  }
}
