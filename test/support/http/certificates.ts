import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A certificate and its key, as texts in PEM and as files. */
export type Certificate = Readonly<{ cert: string; key: string; certFile: string; keyFile: string }>;

/** Why certificates cannot be made here; undefined where they can. */
export const noOpenssl = spawnSync('openssl', ['version']).status === 0 ? undefined : 'there is no openssl: install it';

/** Makes certificates in a folder, by openssl. */
export class Certificates {
  constructor(private readonly folder: string) {}

  /** One that signs others. */
  async authority(name: string): Promise<Certificate> {
    const [cert, key] = this.filesOf(name);
    openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      key,
      '-out',
      cert,
    );
    return this.read(name);
  }

  /**
   * One that the authority has signed.
   * @param names such as `URI:spiffe://example.org/a,DNS:a.example.org`; empty: it has a common name alone
   */
  async signed(authority: Certificate, name: string, names: string, days = 2): Promise<Certificate> {
    const [cert, key] = this.filesOf(name);
    const [request, extensions] = [join(this.folder, `${name}.csr`), join(this.folder, `${name}.ext`)];
    openssl('req', '-newkey', 'rsa:2048', '-nodes', '-subj', `/CN=${name}`, '-keyout', key, '-out', request);
    await writeFile(extensions, names === '' ? 'basicConstraints=CA:FALSE\n' : `subjectAltName=${names}\n`);
    const by = ['-CA', authority.certFile, '-CAkey', authority.keyFile, '-CAcreateserial'];
    openssl('x509', '-req', '-in', request, ...by, '-days', String(days), '-extfile', extensions, '-out', cert);
    return this.read(name);
  }

  private filesOf(name: string): readonly [cert: string, key: string] {
    return [join(this.folder, `${name}.pem`), join(this.folder, `${name}.key`)];
  }

  private async read(name: string): Promise<Certificate> {
    const [certFile, keyFile] = this.filesOf(name);
    return { cert: await readFile(certFile, 'utf8'), key: await readFile(keyFile, 'utf8'), certFile, keyFile };
  }
}

function openssl(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('openssl', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`openssl ${args.join(' ')} failed:\n${stderr}`);
}
