import { rm } from 'node:fs/promises';
import { query } from './global-setup.js';

/** Leave nothing behind: neither the template on a given server, nor the embedded one's folder. */
export default async function globalTeardown() {
  const { embedded, folder, address, template } = globalThis.heksherTests;
  await query(address, `drop database if exists "${template}" with (force)`);
  if (embedded === undefined) return;
  await embedded.stop();
  await rm(folder, { recursive: true, force: true });
}
