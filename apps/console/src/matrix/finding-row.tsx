import { TriangleAlert } from 'lucide-react';
import { type MatrixRow } from './lines.js';
import css from './matrix.module.css';

type FindingRowProps = Readonly<{
  row: Extract<MatrixRow, { kind: 'finding' }>;
  index: number;
  measure: ((element: HTMLElement | null) => void) | undefined;
  width: number;
}>;

/** What lint says of the line above, and what could be done. */
export function FindingRow({ row: { finding }, index, measure, width }: FindingRowProps) {
  return (
    <tr ref={measure} role="row" data-index={index} aria-rowindex={index + 2} className={css['finding']}>
      <td role="cell" />
      <td role="cell" colSpan={width - 1}>
        <TriangleAlert aria-hidden /> {finding.message}
        {ADVICE[finding.kind] !== undefined && <span className={css['advice']}> · {ADVICE[finding.kind]}</span>}
      </td>
    </tr>
  );
}

/** What helps against a finding. */
export const ADVICE: Readonly<Record<string, string>> = {
  never_wins: 'it can be deleted',
  repeats_default: 'it can be deleted',
  repeats_overridden: 'it can be deleted',
  rollout_at_zero: 'raise the share, or delete it',
  rollout_at_hundred: 'make its value the rule or the default, then delete it',
  rollout_disabled: 'switch it on, or delete it',
  ramp_finished: 'make its value the rule or the default, then delete it',
  unfit_value: 'give it a value of the type',
  similar_values: 'is one of them a slip?',
  unreadable: 'another program wrote it: write it again, or delete it',
};
