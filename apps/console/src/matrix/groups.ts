import { type Line } from '../api/queries.js';
import { conditionsOf, isOverride, type MatrixRow } from './lines.js';

/** So many lines are grouped by what they have conditions on, and so many stay closed until somebody opens them. */
const GROUPED_FROM = 100;
const CLOSED_FROM = 1_000;

export type GroupRow = Readonly<{
  kind: 'group';
  key: string;
  /** `account + user`. */
  label: string;
  lines: number;
  findings: number;
  isOpen: boolean;
}>;

type Group = Readonly<{ key: string; label: string; rows: MatrixRow[] }>;

/** The features that a line has conditions on; that of a rollout, which holds for some of its units, among them. */
function shapeOf(line: Line, columns: readonly string[]): string {
  if (isOverride(line)) return 'everyone else';
  const named = new Set(conditionsOf(line).map(([feature]) => feature));
  if (line.kind === 'rollout') named.add(line.feature);
  return columns.filter((feature) => named.has(feature)).join(' + ');
}

/**
 * Rows under a heading for each shape, where there are many of more than one: lines of one shape follow one another in the order of precedence.
 * @param toggled the keys of groups that are not as they usually are
 * @param shown keys of lines that are to be seen: their groups are open
 */
export function groupedRows(
  rows: readonly MatrixRow[],
  columns: readonly string[],
  toggled: ReadonlySet<string>,
  shown: ReadonlySet<string>,
): readonly (MatrixRow | GroupRow)[] {
  if (rows.length < GROUPED_FROM) return rows;
  const groups: Group[] = [];
  for (const row of rows) {
    const label = row.kind === 'line' ? shapeOf(row.line, columns) : groups.at(-1)?.label;
    if (label === undefined) continue;
    const last = groups.at(-1);
    if (last?.label === label) last.rows.push(row);
    else groups.push({ key: `group-${groups.length}-${label}`, label, rows: [row] });
  }
  if (groups.length === 1 && rows.length < CLOSED_FROM) return rows;
  const isUsuallyOpen = rows.length < CLOSED_FROM;
  return groups.flatMap(({ key, label, rows: members }): readonly (MatrixRow | GroupRow)[] => {
    const lines = members.filter(({ kind }) => kind === 'line').length;
    const isOpen = isUsuallyOpen !== toggled.has(key) || members.some((row) => shown.has(row.key));
    const head: GroupRow = { kind: 'group', key, label, lines, findings: members.length - lines, isOpen };
    return isOpen ? [head, ...members] : [head];
  });
}
