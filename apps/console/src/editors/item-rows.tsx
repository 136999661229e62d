import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp, CopyPlus, Ellipsis, ListPlus, Trash2 } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useRef } from 'react';
import { IconButton } from '../ui/button.js';
import { Menu, type MenuEntry } from '../ui/menu.js';
import { type Item } from './draft.js';
import css from './editors.module.css';

export type ItemActions = Readonly<{
  insert?: (index: number) => void;
  duplicate?: (index: number) => void;
  move: (from: number, to: number) => void;
  remove: (index: number) => void;
}>;

type ItemRowsProps<I extends Item> = Readonly<{
  items: readonly I[];
  actions: ItemActions;
  nameOf: (index: number) => string;
  /** In front of the value; where the value is `isStacked`, above it. */
  head: (item: I, index: number) => ReactNode;
  isStacked: boolean;
  children: (item: I, index: number) => ReactNode;
}>;

/** So many rows are there at once; of more, those in sight. */
const MANY = 100;

/** The items of a list or a mapping, each with what can be done with it; Alt with an arrow moves. */
export function ItemRows<I extends Item>({ items, ...rest }: ItemRowsProps<I>) {
  if (items.length > MANY) return <ManyRows items={items} {...rest} />;
  return (
    <ol className={css['items']}>
      {items.map((item, index) => (
        <li key={item.id}>
          <ItemRow item={item} index={index} count={items.length} {...rest} />
        </li>
      ))}
    </ol>
  );
}

function ManyRows<I extends Item>({ items, ...rest }: ItemRowsProps<I>) {
  const box = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => box.current,
    estimateSize: () => 40,
    overscan: 8,
    getItemKey: (index) => items[index]?.id ?? index,
  });
  return (
    <div ref={box} className={css['many']} tabIndex={0} role="group" aria-label={`${items.length} items`}>
      <ol className={css['items']} style={{ height: rows.getTotalSize(), position: 'relative' }}>
        {rows.getVirtualItems().map(({ index, key, start }) => {
          const item = items[index];
          return (
            <li
              key={key}
              ref={rows.measureElement}
              data-index={index}
              aria-setsize={items.length}
              aria-posinset={index + 1}
              style={{ position: 'absolute', insetInline: 0, transform: `translateY(${start}px)` }}
            >
              {item !== undefined && <ItemRow item={item} index={index} count={items.length} {...rest} />}
            </li>
          );
        })}
      </ol>
    </div>
  );
}

type ItemRowProps<I extends Item> = Omit<ItemRowsProps<I>, 'items'> &
  Readonly<{ item: I; index: number; count: number }>;

function ItemRow<I extends Item>({ item, index, count, actions, nameOf, head, isStacked, children }: ItemRowProps<I>) {
  const { insert, duplicate, move, remove } = actions;
  const name = nameOf(index);
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (by === undefined || !event.altKey || event.defaultPrevented) return;
    event.preventDefault();
    move(index, index + by);
  };
  const entries: MenuEntry[] = [
    ...(insert === undefined ? [] : [{ label: 'Insert above', icon: <ListPlus />, onSelect: () => insert(index) }]),
    ...(duplicate === undefined ? [] : [{ label: 'Duplicate', icon: <CopyPlus />, onSelect: () => duplicate(index) }]),
    ...(index === 0 ? [] : [{ label: 'Move up', icon: <ArrowUp />, onSelect: () => move(index, index - 1) }]),
    ...(index === count - 1
      ? []
      : [{ label: 'Move down', icon: <ArrowDown />, onSelect: () => move(index, index + 1) }]),
  ];
  return (
    <div className={css['row']} data-stacked={isStacked || undefined} onKeyDown={onKeyDown}>
      <div className={css['head']}>{head(item, index)}</div>
      <div className={css['cell']}>{children(item, index)}</div>
      <div className={css['rowTools']}>
        {entries.length > 0 && (
          <Menu
            trigger={
              <IconButton label={`${name}: move, copy`}>
                <Ellipsis aria-hidden />
              </IconButton>
            }
            entries={entries}
          />
        )}
        <IconButton label={`Remove ${name}`} onClick={() => remove(index)}>
          <Trash2 aria-hidden />
        </IconButton>
      </div>
    </div>
  );
}
