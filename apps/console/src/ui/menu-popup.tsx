import { Menu as Base } from '@base-ui/react/menu';
import { type ReactElement, type ReactNode } from 'react';
import { cx } from './cx.js';
import css from './menu-popup.module.css';

export type MenuEntry = Readonly<{
  label: ReactNode;
  icon?: ReactNode;
  /** Red, for what takes away. */
  isDanger?: boolean;
  isChecked?: boolean;
  onSelect: () => void;
}>;

export type MenuProps = Readonly<{
  /** The button that opens it. */
  trigger: ReactElement;
  entries: readonly (MenuEntry | 'line')[];
  align?: 'start' | 'end';
}>;

/** Open when it is rendered first. */
export function MenuPopup({ trigger, entries, align = 'end' }: MenuProps) {
  return (
    <Base.Root defaultOpen>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner className={css.positioner} sideOffset={4} align={align}>
          <Base.Popup className={css.popup}>
            {entries.map((entry, index) =>
              entry === 'line' ? (
                <Base.Separator key={index} className={css.line} />
              ) : (
                <Base.Item
                  key={index}
                  className={cx(css['item'], entry.isDanger === true && css['danger'])}
                  onClick={entry.onSelect}
                >
                  <span className={css.icon}>{entry.icon}</span>
                  {entry.label}
                  {entry.isChecked === true && <span className={css.check}>✓</span>}
                </Base.Item>
              ),
            )}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
