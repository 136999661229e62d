import { randomFrom, seedsOf, someTransaction } from '../support/history/random-history.js';
import { stateOf } from '../support/history/state.js';
import { type Answer } from '../support/service/service.js';
import { useService } from '../support/service/use-service.js';

const api = useService();

const HISTORIES = Number(process.env['HEKSHER_TEST_HISTORIES'] ?? 2);
const TRANSACTIONS = Number(process.env['HEKSHER_TEST_TRANSACTIONS'] ?? 30);

const revert = (seq: string): Promise<Answer> => api.post(`/history/${seq}/revert`, {}, { accept: 'application/json' });
const codesOf = ({ body }: Answer): string[] => (body as { errors: { code: string }[] }).errors.map(({ code }) => code);

async function newest(): Promise<string> {
  const [row] = await api.sql<{ seq: string }>('select seq from heksher_revision');
  return row?.seq ?? '';
}

it(
  `each transaction of ${HISTORIES} random histories is taken back, and done again`,
  async () => {
    let count = 0;
    for (const seed of seedsOf(HISTORIES)) {
      await api.empty();
      const random = randomFrom(seed);
      for (const feature of ['f0', 'f1', 'f2', 'f3']) await api.post('/context_features', { context_feature: feature });
      for (let place = 0; place < TRANSACTIONS; place += 1) {
        const [before, seen] = [await stateOf(api), await newest()];
        await someTransaction({ api, random, isByApi: true });
        const seq = await newest();
        if (seq === seen) continue;
        const after = await stateOf(api);
        const back = await revert(seq);
        if (back.status === 409 && codesOf(back).join() === 'contradiction') continue; // It had changed nothing.
        expect({ seed, place, text: back.status === 201 ? '' : back.text }).toEqual({ seed, place, text: '' });
        expect({ seed, place, state: await stateOf(api) }).toEqual({ seed, place, state: before });
        const again = await revert(await newest());
        expect({ seed, place, text: again.status === 201 ? '' : again.text }).toEqual({ seed, place, text: '' });
        expect({ seed, place, state: await stateOf(api) }).toEqual({ seed, place, state: after });
        count += 1;
      }
    }
    expect(count).toBeGreaterThan(HISTORIES * 3);
  },
  60_000 + HISTORIES * TRANSACTIONS * 1_000,
);

type Touched = Readonly<{ kind: string; rule_id?: number; rollout_id?: number; setting?: string; seq: number }>;

it(
  `an earlier transaction of ${HISTORIES} random histories is taken back but where later ones touched the same, which are named`,
  async () => {
    const refused: Touched[] = [];
    let compared = 0;
    for (const seed of seedsOf(HISTORIES)) {
      await api.empty();
      const random = randomFrom(seed);
      for (const feature of ['f0', 'f1', 'f2', 'f3']) await api.post('/context_features', { context_feature: feature });
      const revisions: string[] = [];
      for (let place = 0; place < TRANSACTIONS; place += 1) {
        await someTransaction({ api, random, isByApi: true });
        revisions.push(await newest());
      }
      for (const seq of new Set(revisions)) {
        const [before, seen] = [await stateOf(api), await newest()];
        const expected = await touchedAgain(seq);
        const { status, body } = await revert(seq);
        if (status === 201) {
          expect({ seed, seq, expected }).toEqual({ seed, seq, expected: [] });
          continue;
        }
        expect([seed, seq, status]).toEqual([seed, seq, 409]);
        expect([await newest(), await stateOf(api)]).toEqual([seen, before]);
        const errors = (body as { errors: (Touched & { code: string })[] }).errors;
        const named = errors.filter(({ code }) => code === 'touched_since');
        for (const error of named) {
          refused.push(error);
          expect({ seed, seq, error, isThere: await isTouched(error) }).toMatchObject({ isThere: true });
        }
        if (named.length === 0) continue;
        const { kept, remade } = await thingsOf(seq);
        const ofKept = named.filter((error) => kept.has(keyOf(error)) || !remade);
        expect({ seed, seq, named: ofKept.map(touchText).sort() }).toEqual({ seed, seq, named: [...expected].sort() });
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(0);
    expect(refused.length).toBeGreaterThan(0);
  },
  60_000 + HISTORIES * TRANSACTIONS * 1_000,
);

it('names exactly what was written since where the fields that come back are as they were left', async () => {
  await api.empty();
  for (const feature of ['f0', 'f1']) await api.post('/context_features', { context_feature: feature });
  await api.post('/settings/declare', {
    name: 's',
    type: 'int',
    default_value: 0,
    configurable_features: ['f0', 'f1'],
  });
  const rule = async (value: string): Promise<number> => {
    const { body } = await api.post('/rules', { setting: 's', feature_values: { f0: value }, value: 1 });
    return (body as { rule_id: number }).rule_id;
  };
  const [first, , third] = [await rule('a'), await rule('b'), await rule('c')];
  const fields = { setting: 's', feature: 'f1', percentage: 10, value: 1 };
  const { rollout_id: rollout } = (await api.post('/rollouts', fields)).body as { rollout_id: number };
  const operations = [
    { op: 'put_rule', setting: 's', feature_values: { f0: 'a' }, value: 2 },
    { op: 'put_rule', setting: 's', feature_values: { f0: 'b' }, value: 2 },
    { op: 'patch_rollout', setting: 's', feature: 'f1', feature_values: {}, set: { percentage: 20 } },
  ];
  expect((await api.post('/changesets', { operations })).text).toContain('"state":"applied"');
  const seq = await newest();
  await api.put(`/rules/${first}/metadata/m`, { value: 1 });
  await api.put(`/rules/${third}/value`, { value: 3 });
  await api.patch(`/rollouts/${rollout}`, { metadata: { m: 1 } });
  const [last, before, expected] = [await newest(), await stateOf(api), await touchedAgain(seq)];
  const { status, body } = await revert(seq);
  const named = (body as { errors: (Touched & { code: string })[] }).errors;
  expect(new Set(named.map(({ code }) => code))).toEqual(new Set(['touched_since']));
  expect([status, named.map(keyOf).sort()]).toEqual([409, [`rollout ${rollout}`, `rule ${first}`]]);
  expect(named.map(touchText).sort()).toEqual([...expected].sort());
  expect([await newest(), await stateOf(api)]).toEqual([last, before]);
});

it('names a setting that is gone, and not the one that has its name as an alias', async () => {
  await api.empty();
  await api.post('/context_features', { context_feature: 'f0' });
  const declare = (more: object): Promise<Answer> =>
    api.post('/settings/declare', { name: 's', type: 'int', configurable_features: ['f0'], ...more });
  await declare({ default_value: 0 });
  await declare({ default_value: 1, version: '1.1' });
  const seq = await newest();
  await api.delete('/settings/s');
  await declare({ default_value: 2 });
  await api.put('/settings/s/name', { name: 'other', version: '1.1' });
  expect((await api.get('/settings/s')).body).toMatchObject({ name: 'other', aliases: ['s'] });
  const [before, expected] = [await stateOf(api), await touchedAgain(seq)];
  const { status, body } = await revert(seq);
  const [error, ...others] = (body as { errors: (Touched & { code: string; before: unknown; now: unknown })[] }).errors;
  expect([status, others]).toEqual([409, []]);
  expect(error).toMatchObject({ code: 'touched_since', before: { default_value: 0 }, now: null });
  expect(error === undefined ? [] : [touchText(error)]).toEqual(expected);
  const { kind, setting, seq: seen } = error as Touched;
  // There is nothing else to take back; and it cannot come again under a name that is taken.
  const answers = [
    ['keep', 'nothing of the transaction'],
    ['take', 'the setting \\"s\\" exists'],
  ] as const;
  for (const [choice, said] of answers) {
    const answer = await api.post(
      `/history/${seq}/revert`,
      { conflicts: [{ kind, setting, seq: seen, choice }] },
      { accept: 'application/json' },
    );
    expect([answer.status, answer.text]).toEqual([409, expect.stringContaining(said)]);
    expect(await stateOf(api)).toEqual(before);
  }
});

/** Whether the log has a row about the thing at that revision. */
async function isTouched({ kind, rule_id, rollout_id, setting, seq }: Touched): Promise<boolean> {
  const key = String(rule_id ?? rollout_id ?? setting ?? '');
  const [row] = await api.sql<{ found: boolean }>(
    `select exists (
       select from heksher_changes c cross join lateral (values (c.old), (c.new)) i (image)
        where c.seq = $1 and c.op in ('insert', 'update', 'delete') and i.image is not null
          and case $2 when 'context_features' then c."table" = 'context_features'
                      when 'rule' then c."table" = 'rules' and i.image ->> 'id' = $3 or i.image ->> 'rule' = $3
                      when 'rollout' then c."table" = 'rollouts' and i.image ->> 'id' = $3 or i.image ->> 'rollout' = $3
                      else c."table" = 'settings' and i.image ->> 'name' = $3 or i.image ->> 'setting' = $3 end) as found`,
    [seq, kind, key],
  );
  return row?.found === true;
}

type LoggedChange = Omit<Touched, 'seq'> & Readonly<{ old: unknown; new: unknown }>;

const keyOf = ({ kind, rule_id, rollout_id, setting }: Omit<Touched, 'seq'>): string =>
  kind === 'context_features' ? kind : `${kind} ${rule_id ?? rollout_id ?? setting ?? ''}`;
const touchText = (touched: Touched): string => `${keyOf(touched)} at ${touched.seq}`;

/**
 * The things that a transaction left behind, by which they are known later; and whether it took others away, which come back as new ones, so that a
 * revert also names what has taken their place. Settings that are new take all that is in them along, so they count as the latter.
 */
async function thingsOf(seq: string): Promise<Readonly<{ kept: ReadonlySet<string>; remade: boolean }>> {
  const { changes } = (await api.get(`/history/${seq}?limit=1000`)).body as { changes: readonly LoggedChange[] };
  const isKept = (change: LoggedChange): boolean =>
    change.kind === 'context_features' || (change.new !== null && (change.kind !== 'setting' || isOfHead(change)));
  const isRemade = ({ kind, old, new: now }: LoggedChange): boolean =>
    now === null || (kind === 'setting' && old === null);
  return { kept: new Set(changes.filter(isKept).map(keyOf)), remade: changes.some(isRemade) };
}

/** Whether anything but metadata of a setting that was there before changed, which is compared by itself. */
function isOfHead({ old, new: now }: LoggedChange): boolean {
  const head = (image: unknown): string => JSON.stringify({ ...(image as object), metadata: null });
  return old !== null && head(old) !== head(now);
}

/** The naive model: what a transaction left behind and a later one wrote, each with the last revision at which it did. */
async function touchedAgain(seq: string): Promise<readonly string[]> {
  const { kept } = await thingsOf(seq);
  type Row = Readonly<{ seq: string; table: string; old: Image; new: Image }>;
  type Image = Readonly<Record<string, unknown>> | null;
  const rows = await api.sql<Row>(
    `select c.seq, c."table", c.old, c.new from heksher_changes c
      where c.seq > $1 and c.op in ('insert', 'update', 'delete') order by c.id`,
    [seq],
  );
  const last = new Map<string, string>();
  for (const { seq: at, table, old, new: now } of rows) {
    const others = Object.keys(now ?? {}).filter(
      (column) => JSON.stringify(now?.[column]) !== JSON.stringify(old?.[column]),
    );
    if (table !== 'settings' && old !== null && now !== null && others.join() === 'setting') continue;
    for (const image of [old, now]) {
      if (image === null) continue;
      const of: Readonly<Record<string, unknown>> = {
        ...(table === 'rules' && { rule: image['id'] }),
        ...(table === 'rollouts' && { rollout: image['id'] }),
        ...image,
      };
      if (table === 'context_features') last.set(table, at);
      else if (table === 'settings') last.set(`setting ${String(of['name'])}`, at);
      else if ('rule' in of) last.set(`rule ${String(of['rule'])}`, at);
      else if ('rollout' in of) last.set(`rollout ${String(of['rollout'])}`, at);
      else last.set(`setting ${String(of['setting'])}`, at);
    }
  }
  return [...kept].flatMap((key) => (last.has(key) ? [`${key} at ${last.get(key) ?? ''}`] : []));
}
