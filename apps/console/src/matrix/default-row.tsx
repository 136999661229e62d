import { type SettingView } from '../api/queries.js';
import { cx } from '../ui/cx.js';
import { Decides } from './line-row.js';
import css from './matrix.module.css';
import { deciderOf, type Tried } from './try-context.js';
import { Value } from './value.js';

type DefaultRowProps = Readonly<{
  setting: SettingView;
  tried: readonly Tried[];
  shape: Readonly<{ columns: readonly string[]; hasActions: boolean }>;
  isOverridden: boolean;
  index: number;
}>;

/** The last line: what everybody gets for whom nothing above matches. It belongs to the code that declares it. */
export function DefaultRow({ setting, tried, shape, isOverridden, index }: DefaultRowProps) {
  const { columns, hasActions } = shape;
  const decided = tried.filter(({ evaluated }) => deciderOf(evaluated) === 'default');
  return (
    <tr
      role="row"
      aria-rowindex={index + 2}
      data-line="default"
      tabIndex={-1}
      className={cx(css['default'], decided.length > 0 && css['decides'])}
    >
      <td role="cell" className={css['number']}>
        {setting.lines.length + setting.lines_omitted + 1}
      </td>
      <td role="cell" colSpan={columns.length} className={css['wide']}>
        {isOverridden ? 'default, which the line above stands in for' : 'default, where nothing above matches'}
      </td>
      <td role="cell" className={css['value']}>
        <Value value={setting.default_value} />
        {decided.length > 0 && <Decides letters={tried.length > 1 ? decided.map(({ letter }) => letter) : []} />}
      </td>
      <td role="cell" className={css['note']}>
        declared by code, v{setting.version}
      </td>
      {hasActions && <td role="cell" />}
    </tr>
  );
}
