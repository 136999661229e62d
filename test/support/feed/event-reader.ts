import { Agent, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { until } from '../service/until.js';

/** A block of a stream: its fields, and its comments without the colon. */
export type Block = Readonly<{
  id?: string | undefined;
  event?: string | undefined;
  data?: string | undefined;
  retry?: string | undefined;
  comments: readonly string[];
}>;

/** A stream of server-sent events as it comes, block by block. */
export type EventReader = Readonly<{
  status: number;
  headers: IncomingHttpHeaders;
  blocks: readonly Block[];
  /** Those with data. */
  events: () => readonly Block[];
  /** What `data` of the events is. */
  changes: () => readonly ChangeEvent[];
  ended: Promise<'end' | 'cut'>;
  /** Stops and goes on reading. */
  pause: () => void;
  resume: () => void;
  close: () => void;
}>;

/** As `GET /api/v1/changes` tells a transaction. */
export type ChangeEvent = Readonly<{
  id: string;
  seq: number;
  from_seq: number;
  actor: string;
  message: string | null;
  request_id: string | null;
  settings: readonly string[];
  changes: readonly Readonly<{ kind: string; op: string; setting?: string; old: unknown; new: unknown }>[];
  changes_omitted: number;
}>;

/** Opens a stream, and gives it when its head is there. */
export function openStream(url: string, headers: Readonly<Record<string, string>> = {}): Promise<EventReader> {
  return new Promise((resolve, reject) => {
    const agent = new Agent({ keepAlive: true });
    const asking = request(url, { headers: { Accept: 'text/event-stream', ...headers }, agent });
    asking.once('error', reject);
    asking.once('response', (response) =>
      resolve(
        readerOf(response, () => {
          asking.destroy();
          agent.destroy();
        }),
      ),
    );
    asking.end();
  });
}

function readerOf(response: IncomingMessage, close: () => void): EventReader {
  const blocks: Block[] = [];
  let rest = '';
  response.setEncoding('utf8');
  response.on('data', (text: string) => {
    const parts = (rest + text).split('\n\n');
    rest = parts.pop() ?? '';
    blocks.push(...parts.map(parseBlock));
  });
  response.on('error', () => undefined);
  const ended = new Promise<'end' | 'cut'>((resolve) => {
    response.once('close', () => resolve(response.complete ? 'end' : 'cut'));
  });
  const events = (): readonly Block[] => blocks.filter(({ data }) => data !== undefined);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    blocks,
    events,
    changes: () => events().map(({ data = '' }) => JSON.parse(data) as ChangeEvent),
    ended,
    pause: () => void response.pause(),
    resume: () => void response.resume(),
    close,
  };
}

function parseBlock(text: string): Block {
  const lines = text.split('\n').map((line) => /^([a-z]*): ?(.*)$/.exec(line) ?? ['', 'unreadable', line]);
  const field = (name: string): string | undefined => lines.find(([, found]) => found === name)?.[2];
  const odd = lines.find(([, name = '']) => !['', 'id', 'event', 'data', 'retry'].includes(name));
  if (odd !== undefined) throw new Error(`no line of a stream: ${odd[0] || String(odd[2])}`);
  return {
    ...{ id: field('id'), event: field('event'), data: field('data'), retry: field('retry') },
    comments: lines.flatMap(([, name, value = '']) => (name === '' ? [value] : [])),
  };
}

/** Waits until so many events are there, and gives them. */
export function eventsOf(reader: EventReader, count: number): Promise<readonly Block[]> {
  return until(`${count} events`, () => reader.events().length >= count && reader.events());
}
