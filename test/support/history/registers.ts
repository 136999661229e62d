import { type TestDatabase } from '../database/database.js';
import { addFeatures, addRollout, addRule, type Call, declare, expectStatus } from '../service/service.js';

type Writer = Readonly<{
  /** What one write changes, all of it at once. */
  names: readonly string[];
  write: (value: number) => Promise<void>;
  /** Through which the write is read back: not what it was written through. */
  observer: Call;
}>;

type Reading = () => Promise<ReadonlyMap<string, number>>;

/** Places in a database that hold a number, each with a writer of its own kind. */
export type Registers = Readonly<{
  writers: readonly Writer[];
  /** A client's reads, one differing from the next, with `If-None-Match` where it has an answer already. */
  reader(call: Call): () => Reading;
  /** From now on all writes are read back through this. */
  observeThrough(call: Call): void;
  /** Reads that saw one half of a write of two. */
  tornReads(): readonly string[];
  close(): Promise<void>;
}>;

const SETTINGS = ['by_first', 'by_second', 'by_sql', 'default', 'metadata', 'remade', 'left', 'right'];
const WITH_ROLLOUTS = ['rollout_value', 'rollout_members', 'rollout_by_sql'];
/** In place of a query an evaluation, of john. */
const EVALUATION = 'evaluation';
const VARIANTS = [
  '',
  '&context_filters=user:(john)',
  '&context_filters=user:*,theme:(dark)',
  '&settings=left,right',
  '&settings=by_first,by_second,by_sql',
  '&settings=default,metadata,remade',
  `&include_rollouts=true&settings=${WITH_ROLLOUTS.join(',')}`,
  EVALUATION,
];

/** Registers in an emptied database; the contents of each setting are its registers. */
export async function openRegisters(database: TestDatabase, first: Call, second: Call): Promise<Registers> {
  await database.sql('truncate context_features, settings cascade');
  await addFeatures(first, 'account', 'user', 'theme');
  const ids = new Map<string, number>();
  for (const name of SETTINGS) {
    await expectStatus(200, declare(first, { name, default_value: 0 }));
    ids.set(name, await addRule(first, name, { user: 'john' }, 0, { n: 0 }));
  }
  for (const name of WITH_ROLLOUTS) {
    await expectStatus(200, declare(first, { name, default_value: 0 }));
    ids.set(name, await addRollout(first, name, { percentage: 100, value: 0 }));
  }
  const client = await database.connect();
  const noise = await database.connect();
  let redirected: Call | undefined;
  const torn: string[] = [];
  const id = (name: string): number => ids.get(name) ?? NaN;
  const put = async (call: Call, path: string, value: number): Promise<void> =>
    void (await expectStatus(204, call('PUT', path, { body: { value } })));

  const kinds: readonly (readonly [names: readonly string[], write: Writer['write'], observer: Call])[] = [
    [['by_first'], (value) => put(first, `/api/v1/rules/${id('by_first')}/value`, value), second],
    [['by_second'], (value) => put(second, `/api/v1/rules/${id('by_second')}/value`, value), first],
    [['metadata.n'], (value) => put(second, `/api/v1/rules/${id('metadata')}/metadata/n`, value), first],
    [
      ['default.default'],
      async (value) =>
        void (await expectStatus(
          200,
          declare(first, { name: 'default', default_value: value, version: `1.${value}` }),
        )),
      second,
    ],
    [
      ['by_sql'],
      async (value) =>
        void (await database.sql(`update rules set value = $1 where setting = 'by_sql'`, [String(value)])),
      second,
    ],
    [
      ['remade'],
      async (value) =>
        void (await database.sql(
          `with gone as (delete from rules where setting = 'remade'),
                made as (insert into rules (setting, value) values ('remade', $1) returning id)
           insert into conditions select id, 'user', 'john' from made`,
          [String(value)],
        )),
      first,
    ],
    [
      ['left', 'right'],
      async (value) => {
        await client.query('begin');
        await client.query(`update rules set value = '${value}' where setting = 'left'`);
        await client.query(`update settings set default_value = '${value}' where name = 'right'`);
        await client.query('commit');
      },
      first,
    ],
    [
      ['rollout_value'],
      async (value) =>
        void (await expectStatus(204, second('PATCH', `/api/v1/rollouts/${id('rollout_value')}`, { body: { value } }))),
      first,
    ],
    [
      ['rollout_members'],
      async (value) => {
        const path = `/api/v1/rollouts/${id('rollout_members')}/members`;
        await expectStatus(200, first('POST', path, { body: { add: [`unit-${value}`] } }));
      },
      second,
    ],
    [
      ['rollout_by_sql'],
      async (value) =>
        void (await database.sql(`update rollouts set value = $1 where setting = 'rollout_by_sql'`, [String(value)])),
      second,
    ],
    [
      ['noise'],
      async () => {
        await noise.query(`begin; update rules set value = '-1'; update settings set default_value = '-1'`);
        await noise.query(`update rollouts set value = '-1'; delete from rollout_members`);
        await noise.query('rollback');
      },
      second,
    ],
  ];

  return {
    writers: kinds.map(([names, write, observer]) => ({
      names,
      write,
      observer: (...request) => (redirected ?? observer)(...request),
    })),
    reader: (call) => {
      const known = new Map<string, Known>();
      let turn = Math.floor(Math.random() * VARIANTS.length);
      return () => async () => {
        const variant = VARIANTS[(turn += 1) % VARIANTS.length] ?? '';
        if (variant === EVALUATION) return readEvaluation(call);
        const path = `/api/v1/query?include_metadata=true${variant}`;
        const read = await readValues(call, path, known.get(path));
        known.set(path, read);
        const [left, right] = ['left', 'right'].map((name) => read.values.get(name));
        if (left !== right) torn.push(`${path}: left ${left}, right ${right}`);
        return read.values;
      };
    },
    observeThrough: (call) => void (redirected = call),
    tornReads: () => torn,
    close: async () => void (await Promise.all([client.end(), noise.end()])),
  };
}

type Known = Readonly<{ etag: string; values: ReadonlyMap<string, number> }>;

async function readValues(call: Call, path: string, known: Known | undefined): Promise<Known> {
  const answer = await call('GET', path, { headers: known === undefined ? {} : { 'if-none-match': known.etag } });
  if (answer.status === 304 && known !== undefined) return known;
  if (answer.status !== 200 || answer.headers.has('heksher-stale')) throw new Error(`${answer.status}: ${answer.text}`);
  const { settings } = answer.body as {
    settings: Record<
      string,
      {
        rules: { value: number; metadata: { n: number } }[];
        default_value: number;
        rollouts?: { value: number; member_count: number }[];
      }
    >;
  };
  const values = new Map<string, number>();
  for (const [name, { rules, default_value, rollouts }] of Object.entries(settings)) {
    if (WITH_ROLLOUTS.includes(name)) {
      if (rollouts === undefined) continue;
      const [{ value, member_count } = { value: NaN, member_count: NaN }] = rollouts;
      values.set(name, name === 'rollout_members' ? member_count : value);
      continue;
    }
    values.set(name, name === 'right' ? default_value : (rules[0]?.value ?? NaN));
    if (name === 'default') values.set('default.default', default_value);
    if (name === 'metadata') values.set('metadata.n', rules[0]?.metadata.n ?? NaN);
  }
  return { etag: answer.headers.get('etag') ?? '', values };
}

/** What john's values tell of the registers; other writes do not show in them. */
async function readEvaluation(call: Call): Promise<ReadonlyMap<string, number>> {
  const names = ['by_first', 'by_second', 'by_sql', 'remade', 'left', 'rollout_value', 'rollout_by_sql'];
  const body = { context: { user: 'john' }, settings: names };
  const answer = await expectStatus(200, call('POST', '/api/v1/evaluate', { body }));
  if (answer.headers.has('heksher-stale')) throw new Error(`stale: ${answer.text}`);
  const { settings } = answer.body as { settings: Record<string, { value: number }> };
  return new Map(names.map((name) => [name, settings[name]?.value ?? NaN]));
}
