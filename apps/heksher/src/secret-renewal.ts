import { type Stats, unwatchFile, watchFile } from 'node:fs';
import { errorMessage, HeksherError } from '@heksher/core';
import { type RenewableSecret } from './environment.js';
import { type Logger } from './modules/logging/index.js';

/** How often it is looked whether the files have changed; mounted secrets are replaced without a word. */
const INTERVAL_MS = 5_000;

/** Takes secrets that are rotated, when their files change or somebody says so. What cannot be used leaves the last ones. */
export class SecretRenewal {
  private readonly watched = new Map<RenewableSecret, (now: Stats, before: Stats) => void>();

  /** @param uses what is done with a new value, by the name of the variable, where it is not just used from now on */
  constructor(
    private readonly secrets: readonly RenewableSecret[],
    private readonly uses: Readonly<Record<string, () => Promise<void>>>,
    private readonly log: Pick<Logger, 'info' | 'error'>,
  ) {}

  start(): void {
    for (const secret of this.secrets) {
      const listener = (): void => this.renewOne(secret);
      this.watched.set(secret, listener);
      watchFile(secret.file, { interval: INTERVAL_MS, persistent: false }, listener);
    }
  }

  stop(): void {
    for (const [{ file }, listener] of this.watched) unwatchFile(file, listener);
    this.watched.clear();
  }

  readonly renew = (): void => {
    for (const secret of this.secrets) this.renewOne(secret);
  };

  private renewOne(secret: RenewableSecret): void {
    const { name } = secret;
    try {
      if (!secret.renew()) return;
      this.log.info('a secret was replaced in its file, and is used from now on', { variable: name });
      void this.use(name);
    } catch (error) {
      this.failed(name, error);
    }
  }

  /** Again and again where the database does not answer. */
  private async use(name: string): Promise<void> {
    try {
      await this.uses[name]?.();
    } catch (error) {
      this.failed(name, error);
      const isOver = this.watched.size === 0;
      if (!isOver && error instanceof HeksherError && error.code === 'unavailable')
        setTimeout(() => void this.use(name), INTERVAL_MS).unref();
    }
  }

  private failed(name: string, error: unknown): void {
    const problem = errorMessage(error);
    this.log.error('a secret that was replaced cannot be used; the last one goes on', { variable: name, problem });
  }
}
