import { unwatchFile, watchFile } from 'node:fs';
import { type Server } from 'node:http';
import { errorMessage } from '@heksher/core';
import { type TlsRenewal } from './config-tls.js';
import { renewCertificate } from './http/tls.js';
import { type Logger } from './modules/logging/index.js';

/** How often it is looked whether the files have changed; mounted secrets are replaced without a word. */
const INTERVAL_MS = 5_000;

/** Takes certificates that are renewed, when their files change or somebody says so. What cannot be used leaves the last ones. */
export class CertificateRenewal {
  constructor(
    private readonly server: Server,
    private readonly renewal: TlsRenewal,
    private readonly log: Pick<Logger, 'info' | 'error'>,
  ) {}

  start(): void {
    for (const file of this.renewal.files) watchFile(file, { interval: INTERVAL_MS, persistent: false }, this.renew);
  }

  stop(): void {
    for (const file of this.renewal.files) unwatchFile(file, this.renew);
  }

  readonly renew = (): void => {
    try {
      const tls = this.renewal.read();
      if (tls === undefined) return;
      renewCertificate(this.server, tls);
      this.log.info('new connections get the certificate that is there now');
    } catch (error) {
      this.log.error('the certificate cannot be renewed; the last one goes on', { problem: errorMessage(error) });
    }
  };
}
