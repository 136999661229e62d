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
        const { status, body } = await revert(seq);
        if (status === 201) continue;
        expect([seed, seq, status]).toEqual([seed, seq, 409]);
        expect([await newest(), await stateOf(api)]).toEqual([seen, before]);
        for (const error of (body as { errors: (Touched & { code: string })[] }).errors) {
          if (error.code !== 'touched_since') continue;
          refused.push(error);
          expect(error.seq).toBeGreaterThan(Number(seq));
          expect({ seed, seq, error, isThere: await isTouched(error) }).toMatchObject({ isThere: true });
        }
      }
    }
    expect(refused.length).toBeGreaterThan(0);
  },
  60_000 + HISTORIES * TRANSACTIONS * 1_000,
);

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
