import { ChevronDown, ChevronRight } from 'lucide-react';
import { type GroupRow } from './groups.js';
import css from './matrix.module.css';

type GroupHeadProps = Readonly<{
  row: GroupRow;
  index: number;
  measure: ((element: HTMLElement | null) => void) | undefined;
  width: number;
  onToggle: (key: string) => void;
}>;

/** Above lines that have conditions on the same features: how many there are, and whether they are shown. */
export function GroupHead({ row, index, measure, width, onToggle }: GroupHeadProps) {
  const { key, label, lines, findings, isOpen } = row;
  return (
    <tr ref={measure} role="row" data-index={index} aria-rowindex={index + 2} className={css['group']}>
      <td role="cell" colSpan={width}>
        <button type="button" aria-expanded={isOpen} onClick={() => onToggle(key)}>
          {isOpen ? <ChevronDown aria-hidden /> : <ChevronRight aria-hidden />}
          <span>
            <b>{label}</b>: {lines.toLocaleString('en')} {lines === 1 ? 'line' : 'lines'}
            {findings > 0 && `, ${findings.toLocaleString('en')} ${findings === 1 ? 'finding' : 'findings'}`}
          </span>
        </button>
      </td>
    </tr>
  );
}
