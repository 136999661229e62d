import { dump, type Dump } from '../support/history/dump.js';
import { randomFrom, seedsOf, someTransaction } from '../support/history/random-history.js';
import { useService } from '../support/service/use-service.js';

const api = useService();

const HISTORIES = Number(process.env['HEKSHER_TEST_HISTORIES'] ?? 1);
const TRANSACTIONS = Number(process.env['HEKSHER_TEST_TRANSACTIONS'] ?? 16);

async function newestRevision(): Promise<string> {
  const [row] = await api.sql<{ seq: string }>('select seq from heksher_revision');
  return row?.seq ?? '';
}

type Change = Readonly<{ kind: string; rule_id?: number; rollout_id?: number; setting?: string }>;
type Changes = Readonly<{ changes: readonly Change[]; changes_omitted: number }>;

/** The same changes in the same order; of settings that came and went, by which of the two they are. */
function sorted({ changes }: Changes): readonly string[] {
  return changes.map((change) => JSON.stringify(change)).sort();
}

it(
  `as of each revision of ${HISTORIES} random histories everything is as it was then, and what changed is told`,
  async () => {
    let compared = 0;
    for (const seed of seedsOf(HISTORIES)) {
      await api.empty();
      const random = randomFrom(seed);
      for (const feature of ['f0', 'f1', 'f2', 'f3']) await api.post('/context_features', { context_feature: feature });
      let before = await newestRevision();
      const states = new Map<string, Dump>();
      for (let count = 0; count < TRANSACTIONS; count += 1) {
        await someTransaction({ api, random });
        const revision = await newestRevision();
        if (!states.has(revision)) states.set(revision, await dump(api.url()));
      }
      for (const revision of states.keys()) {
        const state = await dump(api.url(), revision);
        expect({ seed, revision, state }).toEqual({ seed, revision, state: states.get(revision) });
        if (Number(revision) > Number(before)) {
          const entry = (await api.get(`/history/${revision}?limit=1000`)).body as Changes;
          const difference = (await api.get(`/diff?from=${before}&to=${revision}&limit=1000`)).body as Changes;
          expect({ seed, revision, changes: sorted(entry) }).toEqual({ seed, revision, changes: sorted(difference) });
        }
        before = revision;
        compared += 1;
      }
      await requireListed([...states.keys()].slice(-12));
    }
    expect(compared).toBeGreaterThan(HISTORIES * 6);
  },
  60_000 + HISTORIES * TRANSACTIONS * 1_000,
);

/** The newest entries by pages, as each is told by itself, as far as lists tell of it. */
async function requireListed(revisions: readonly string[]): Promise<void> {
  const entries: Entry[] = [];
  for (let cursor = ''; entries.length < revisions.length;) {
    const { body } = await api.get(`/history?limit=7&cursor=${cursor}`);
    const page = body as { entries: Entry[]; next_cursor: string };
    entries.push(...page.entries);
    cursor = page.next_cursor;
  }
  for (const [place, revision] of revisions.toReversed().entries()) {
    const alone = (await api.get(`/history/${revision}?limit=1000`)).body as Entry;
    const { changes = [], changes_omitted = 0, ...head } = entries[place] ?? {};
    expect({ ...head, changes }).toEqual({ ...headOf(alone), changes: alone.changes.slice(0, changes.length) });
    expect(changes.length + changes_omitted).toBeGreaterThanOrEqual(alone.changes.length);
  }
}

type Entry = Changes &
  Readonly<{
    seq: number;
    revision: string;
    at: string;
    actor: string;
    message: string | null;
    request_id: string | null;
  }>;

function headOf({ seq, revision, at, actor, message, request_id }: Entry): object {
  return { seq, revision, at, actor, message, request_id };
}
