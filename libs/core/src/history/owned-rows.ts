import { forEachInSteps, type InSteps } from '../in-steps.js';
import { type Row, type RowEntry, type Rows, rowsOf, textIn } from './rows.js';

type TableRow = readonly [table: string, row: Row];

/** Context features, which all else is shown in the order of. */
const FEATURES = 'context_features';

const OF_SETTINGS = new Set(['configurable', 'setting_aliases', 'setting_metadata']);
const OF_RULES = new Set(['conditions', 'rule_metadata']);

/** What a row belongs to: a setting by its name, a rule or a rollout by its id, or the list of context features. */
function ownerOf(table: string, row: Row): string {
  if (table === FEATURES) return FEATURES;
  if (table === 'settings') return `setting ${textIn(row, 'name')}`;
  if (OF_SETTINGS.has(table)) return `setting ${textIn(row, 'setting')}`;
  if (table === 'rules') return `rule ${textIn(row, 'id')}`;
  if (OF_RULES.has(table)) return `rule ${textIn(row, 'rule')}`;
  return `rollout ${textIn(row, table === 'rollouts' ? 'id' : 'rollout')}`;
}

/** Rows of many things, of which a transaction looks at those alone that it touches. */
export class OwnedRows {
  private readonly owned = new Map<string, TableRow[]>();

  add(table: string, row: Row): void {
    const owner = ownerOf(table, row);
    if (!this.owned.get(owner)?.push([table, row])) this.owned.set(owner, [[table, row]]);
  }

  /**
   * The rows of what the entries touch, and context features.
   * @param rollouts others that are touched, by id
   */
  *touchedBy(entries: readonly RowEntry[], rollouts: Iterable<number> = []): InSteps<Rows> {
    const owners = yield* ownersIn(entries);
    for (const id of rollouts) owners.add(`rollout ${id}`);
    return yield* rowsOf(this.ownedBy(owners));
  }

  /** Puts others in the place of the rows of what the entries touch. */
  *replace(entries: readonly RowEntry[], rows: Rows): InSteps<void> {
    const owners = yield* ownersIn(entries);
    for (const owner of owners) this.owned.delete(owner);
    for (const [table, ofTable] of rows) {
      yield* forEachInSteps(ofTable.values(), (row) => {
        if (owners.has(ownerOf(table, row))) this.add(table, row);
      });
    }
  }

  private *ownedBy(owners: Iterable<string>): Iterable<TableRow> {
    for (const owner of owners) yield* this.owned.get(owner) ?? [];
  }
}

function* ownersIn(entries: readonly RowEntry[]): InSteps<Set<string>> {
  const owners = new Set([FEATURES]);
  yield* forEachInSteps(entries, ({ table, old, new: now }) => {
    if (old !== null) owners.add(ownerOf(table, old));
    if (now !== null) owners.add(ownerOf(table, now));
  });
  return owners;
}
