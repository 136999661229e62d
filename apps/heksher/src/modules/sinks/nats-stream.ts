import { HeksherError } from '@heksher/core';
import type * as JetStreamPackage from '@nats-io/jetstream';
import type * as NatsPackage from '@nats-io/transport-node';
import { formatFeedCursor, OLDEST, parseFeedCursor } from '../feed/feed-cursor.js';
import { CONTENT_TYPE } from '../webhooks/cloud-event.js';
import { type BrokerStream, type Entry, type StreamEnd } from './broker-stream.js';

/** Where events are published. */
export type NatsSinkOptions = Readonly<{
  /** Addresses of servers of one cluster, with the same user and password, or token, as these are now. */
  servers: () => readonly URL[];
  /** Credentials of a user, as `nsc` writes them, or the seed of an nkey: as they are now. Undefined: there are none. */
  credentials: (() => string) | undefined;
  /** In PEM, as they are now. Undefined: as the system has it; with none of them, TLS is for addresses that ask for it. */
  tls: Readonly<Record<'ca' | 'cert' | 'key', (() => string) | undefined>>;
  stream: string;
  subject: string;
  /** So many of the last messages are kept by a stream that is made here. */
  most: number;
}>;

const TIMEOUT_MS = 5_000;

/** Headers that say how far the stream is. */
const REVISION = 'Heksher-Revision';
const CHANGESET_EVENT = 'Heksher-Changeset-Event';

/** As JetStream has them. */
const WRONG_LAST_SEQUENCE = 10_071;
const STREAM_NOT_FOUND = 10_059;

/** A subject of a JetStream stream, whose messages are CloudEvents in JSON. */
export class NatsStream implements BrokerStream {
  readonly name = 'NATS';
  private packages: Packages | undefined;
  private connection: NatsPackage.NatsConnection | undefined;

  constructor(private readonly options: NatsSinkOptions) {}

  async open(): Promise<void> {
    this.packages = await importPackages();
  }

  async end(): Promise<StreamEnd> {
    const { stream, subject } = this.options;
    const { manager } = await this.connected();
    const last = await manager.streams.getMessage(stream, { last_by_subj: subject });
    if (last === null) return { mark: '', place: { cursor: OLDEST, event: 0 } };
    const cursor = parseFeedCursor(last.header.get(REVISION));
    if (cursor === undefined) throw new Error(`the last message of ${subject}, ${last.seq}, is none of Heksher`);
    return { mark: String(last.seq), place: { cursor, event: Number(last.header.get(CHANGESET_EVENT)) } };
  }

  /** The server compares the last sequence of the subject, and knows messages again by their ids for two minutes. */
  async addBehind(end: StreamEnd, { event, place }: Entry): Promise<StreamEnd | undefined> {
    const { jetstream, headers } = await this.connected();
    const { stream: streamName, subject } = this.options;
    const head = headers();
    head.set('content-type', CONTENT_TYPE);
    head.set(REVISION, formatFeedCursor(place.cursor));
    if (place.event > 0) head.set(CHANGESET_EVENT, String(place.event));
    try {
      const { seq, duplicate } = await jetstream.publish(subject, event.body, {
        msgID: event.id,
        headers: head,
        expect: { streamName, lastSubjectSequence: Number(end.mark) },
        timeout: TIMEOUT_MS,
      });
      return duplicate ? undefined : { mark: String(seq), place };
    } catch (error) {
      if (codeOf(error) === WRONG_LAST_SEQUENCE) return undefined;
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.connection?.close();
    this.connection = undefined;
  }

  /** Connected again by the client itself, once it was. Makes the stream where there is none. */
  private async connected() {
    const { packages } = this;
    if (packages === undefined) throw new HeksherError('unavailable', 'the client of NATS is not loaded');
    const { nats, js } = packages;
    const isNew = this.connection === undefined || this.connection.isClosed();
    const connection = isNew ? await this.connect(nats) : this.connection;
    if (connection === undefined) throw new HeksherError('unavailable', 'NATS does not answer');
    try {
      const manager = await js.jetstreamManager(connection, { timeout: TIMEOUT_MS, checkAPI: false });
      if (isNew) await this.requireStream(manager, js);
      this.connection = connection;
      return { manager, jetstream: js.jetstream(connection, { timeout: TIMEOUT_MS }), headers: nats.headers };
    } catch (error) {
      if (isNew) await connection.close();
      throw error;
    }
  }

  private connect(nats: typeof NatsPackage): Promise<NatsPackage.NatsConnection> {
    const { servers, tls } = this.options;
    const isGiven = Object.values(tls).some((text) => text !== undefined);
    const isEncrypted = isGiven || servers().some(({ protocol }) => protocol === 'tls:');
    return nats.connect({
      servers: servers().map(({ host }) => host),
      ...this.authentication(nats),
      ...(isEncrypted && { tls: currentTls(tls) }),
      name: 'heksher',
      timeout: TIMEOUT_MS,
      maxReconnectAttempts: -1,
    });
  }

  /** Credentials are looked up for each connection, also where the client connects again by itself. */
  private authentication({ credsAuthenticator, nkeyAuthenticator }: typeof NatsPackage): NatsPackage.ConnectionOptions {
    const { credentials, servers } = this.options;
    if (credentials !== undefined) {
      const bytes = (): Uint8Array => Buffer.from(`${credentials()}\n`);
      const [ofUser, ofKey] = [credsAuthenticator(bytes), nkeyAuthenticator(() => Buffer.from(credentials()))];
      return { authenticator: (nonce) => (isNkeySeed(credentials()) ? ofKey(nonce) : ofUser(nonce)) };
    }
    return {
      authenticator: () => {
        const [{ username, password } = new URL('nats://localhost')] = servers();
        const [user, pass] = [decodeURIComponent(username), decodeURIComponent(password)];
        return pass !== '' ? { user, pass } : user !== '' ? { auth_token: user } : undefined;
      },
    };
  }

  private async requireStream(manager: JetStreamPackage.JetStreamManager, js: typeof JetStreamPackage): Promise<void> {
    const { stream, subject, most } = this.options;
    try {
      await manager.streams.info(stream);
    } catch (error) {
      if (codeOf(error) !== STREAM_NOT_FOUND) throw error;
      const limits = { max_msgs: most, discard: js.DiscardPolicy.Old };
      await manager.streams.add({ name: stream, subjects: [subject], ...limits });
    }
  }
}

/** The client looks at these members at each connection. */
function currentTls({ ca, cert, key }: NatsSinkOptions['tls']): NatsPackage.TlsOptions {
  return Object.defineProperties(
    {},
    {
      ca: { get: ca, enumerable: ca !== undefined },
      cert: { get: cert, enumerable: cert !== undefined },
      key: { get: key, enumerable: key !== undefined },
    },
  );
}

const SEED = 'SU[A-Z2-7]{56}';
const NKEY_SEED = new RegExp(`^${SEED}$`);
const CREDENTIALS = new RegExp(
  `^-{3,}BEGIN NATS USER JWT-{3,}\\s+[\\w-]+\\.[\\w-]+\\.[\\w-]+\\s+-{3,}END[^]*-{3,}BEGIN USER NKEY SEED-{3,}\\s+${SEED}\\s+-{3,}END`,
);

/** Whether a text is such credentials, without white space around it. */
export function areNatsCredentials(text: string): boolean {
  return isNkeySeed(text) || CREDENTIALS.test(text);
}

function isNkeySeed(text: string): boolean {
  return NKEY_SEED.test(text);
}

type Packages = Readonly<{ nats: typeof NatsPackage; js: typeof JetStreamPackage }>;

/** Only where they are asked for: the packages are optional ones. */
async function importPackages(): Promise<Packages> {
  try {
    const [nats, js] = await Promise.all([import('@nats-io/transport-node'), import('@nats-io/jetstream')]);
    return { nats, js };
  } catch (cause) {
    const message =
      'HEKSHER_SINK_NATS_URL needs packages: npm install @nats-io/transport-node@3.3.1 @nats-io/jetstream@3.3.1';
    throw new HeksherError('invalid', message, { cause });
  }
}

/** JetStream's own number of an error; undefined: it is another one. */
function codeOf(error: unknown): number | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : undefined;
}
