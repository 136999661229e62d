import { type IncomingMessage } from 'node:http';
import { type Socket } from 'node:net';
import { type Networks, parseAddress } from './addresses.js';
import { clientOf, type ForwardedSyntax } from './forwarded.js';

export type GatewayOptions = Readonly<{
  /** From where alone the service is reached; undefined: from anywhere, and nobody is a gateway. */
  trusted: Networks | undefined;
  forwarded: ForwardedSyntax;
}>;

/** Who has a connection, found out once. */
type Peer = Readonly<{ address: string; isTrusted: boolean }>;

const PEER = Symbol('peer');

type Tracked = Socket & { [PEER]?: Peer };

/** Where requests come from, and what those who pass them on are believed. */
export class Gateways {
  constructor(private readonly options: GatewayOptions) {}

  /** Whether the service is reached through gateways alone. */
  get areRequired(): boolean {
    return this.options.trusted !== undefined;
  }

  /** Whether a gateway that is trusted sent this request. */
  isFrom({ socket }: IncomingMessage): boolean {
    return this.peerOf(socket).isTrusted;
  }

  /** The address that has the connection. */
  peerAddress({ socket }: IncomingMessage): string {
    return this.peerOf(socket).address;
  }

  /** The address of the client, or an identifier that stands for it: see `clientOf`. */
  clientOf({ socket, headers }: IncomingMessage): string {
    const { address, isTrusted } = this.peerOf(socket);
    const { trusted, forwarded } = this.options;
    if (!isTrusted || trusted === undefined || forwarded === 'none') return address;
    const chain = headers[forwarded];
    return clientOf(address, typeof chain === 'string' ? chain : chain?.join(','), forwarded, (hop) =>
      trusted.has(hop),
    );
  }

  /** The path below which clients find what this request asks for, where a gateway has taken it away; without a slash at its end. */
  prefixOf({ socket, headers }: IncomingMessage): string {
    const given = headers['x-forwarded-prefix'];
    if (typeof given !== 'string' || !this.peerOf(socket).isTrusted) return '';
    return parsePrefix(given) ?? '';
  }

  private peerOf(socket: Tracked): Peer {
    return (socket[PEER] ??= this.lookAt(socket));
  }

  private lookAt({ remoteAddress = '' }: Socket): Peer {
    const address = parseAddress(remoteAddress);
    // The client has left already.
    if (address === undefined) return { address: 'unknown', isTrusted: false };
    return { address, isTrusted: this.options.trusted?.has(address) === true };
  }
}

const PREFIX = /^(?:\/[\w!$&'()*+;=:@~-][\w!$&'()*+;=:@~.-]*)+$/;

const LONGEST_PREFIX = 255;

/** A path such as `/settings`, a slash at whose end is cut off; `/` is an empty one. Undefined for what is no such path. */
export function parsePrefix(text: string): string | undefined {
  const path = text.replace(/\/$/, '');
  return path === '' || (path.length <= LONGEST_PREFIX && PREFIX.test(path)) ? path : undefined;
}
