import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { invalid, notAcceptable } from '@heksher/core';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_RULE = `${KEY_BYTES} random bytes in base64, as "openssl rand -base64 ${KEY_BYTES}" gives them`;

/** Keys such as HEKSHER_SECRET_KEY has them: the first encrypts, and all decrypt. Throws `invalid`, without what was given. */
export function parseSecretKeys(text: string): readonly Buffer[] {
  const texts = text.split(',').map((one) => one.trim());
  if (!texts.every((one) => /^[A-Za-z0-9+/]{43}=$/.test(one)))
    throw invalid(`must be ${KEY_RULE}; or several of them, separated by commas, of which the first encrypts`);
  return texts.map((one) => Buffer.from(one, 'base64'));
}

/** Encrypts secrets that the database holds, so that whoever reads that alone has none of them (AES-256-GCM). */
export class SecretBox {
  constructor(private readonly keys: () => readonly Buffer[]) {}

  get isUsable(): boolean {
    return this.keys().length > 0;
  }

  /** Throws `not_acceptable_here` where no key is configured. */
  requireUsable(): void {
    if (this.isUsable) return;
    const message = `no webhooks are sent from here: HEKSHER_SECRET_KEY is not set, which encrypts their secrets; it must be ${KEY_RULE}`;
    throw notAcceptable(message, { field: 'request' });
  }

  /** @param owner whose secret it is: moved to another row, it cannot be decrypted */
  seal(secret: Buffer, owner: string): Buffer {
    this.requireUsable();
    const [key = Buffer.alloc(0)] = this.keys();
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(owner));
    const sealed = Buffer.concat([cipher.update(secret), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
  }

  /** Undefined where none of the keys decrypts it. */
  open(box: Buffer, owner: string): Buffer | undefined {
    const nonce = box.subarray(0, NONCE_BYTES);
    const tag = box.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
    for (const key of this.keys()) {
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
        decipher.setAAD(Buffer.from(owner)).setAuthTag(tag);
        return Buffer.concat([decipher.update(box.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
      } catch {
        // Another key may be the one.
      }
    }
    return undefined;
  }
}
