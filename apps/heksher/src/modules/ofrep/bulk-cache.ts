import { LRUCache } from 'lru-cache';
import { RecentlyAsked } from '../query/recently-asked.js';

/** Approximate size of an entry beyond its body, in bytes. */
const OVERHEAD = 300;

/**
 * Bodies with all flags by their tags, which name all that they are made of; the least recently used are forgotten first.
 * One is kept when it is requested for the second time: unique contexts would only evict others.
 */
export class BulkCache {
  hits = 0;
  made = 0;
  private readonly asked = new RecentlyAsked();
  private readonly bodies: LRUCache<string, Buffer> | undefined;

  /** @param maxBytes bound of all together; 0: nothing is kept */
  constructor(maxBytes: number) {
    const sizeCalculation = (body: Buffer): number => body.length + OVERHEAD;
    if (maxBytes > 0) this.bodies = new LRUCache({ maxSize: maxBytes, sizeCalculation });
  }

  get bytes(): number {
    return this.bodies?.calculatedSize ?? 0;
  }

  get(etag: string): Buffer | undefined {
    const body = this.bodies?.get(etag);
    if (body !== undefined) this.hits += 1;
    return body;
  }

  /** A body that was made, since there was none. */
  add(etag: string, body: Buffer): void {
    this.made += 1;
    if (this.bodies !== undefined && this.asked.add(etag)) this.bodies.set(etag, body);
  }
}
