import { type BlockList } from 'node:net';
import { type OutgoingProxy } from './outgoing-proxy.js';
import { type Tracing } from '../../tracing/tracing.js';

/** How webhooks are sent. Times in milliseconds. */
export class WebhookOptions {
  /** What encrypts secrets now; none: nothing is sent from here. */
  readonly secretKeys!: () => readonly Buffer[];
  /** Networks that may be reached though they are special. */
  readonly allowed!: BlockList;
  /** Undefined: events are sent directly. */
  readonly proxy?: OutgoingProxy | undefined;
  /** The public address of the service, without a slash at its end; empty: it is not known. */
  readonly source!: string;
  /** Of one attempt. */
  readonly timeoutMs!: number;
  /** Between the attempts of an event; after the last it is given up. */
  readonly delaysMs!: readonly number[];
  /** Undefined: there are no traces. */
  readonly tracing?: Tracing | undefined;
}
