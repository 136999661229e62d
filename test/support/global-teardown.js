import { rm } from 'node:fs/promises';
import { query } from './global-setup.js';
import { findSecrets } from './service/find-secrets.js';

/** Leave nothing behind: neither the template on a given server, nor folders. The run fails where some line of a service has a secret. */
export default async function globalTeardown() {
  const { embedded, folder, address, template, logs, document } = globalThis.heksherTests;
  await query(address, `drop database if exists "${template}" with (force)`);
  if (embedded !== undefined) {
    await embedded.stop();
    await rm(folder, { recursive: true, force: true });
  }
  await rm(document, { recursive: true, force: true });
  const found = await findSecrets(logs);
  await rm(logs, { recursive: true, force: true });
  if (found.length > 0) throw new Error(`lines of the service's log have secrets:\n${found.join('\n')}`);
}
