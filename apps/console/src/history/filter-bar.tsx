import { useId, useState } from 'react';
import { useSearchTexts, useSetSearch } from '../ui/address.js';
import { Button } from '../ui/button.js';
import { Chip } from '../ui/chip.js';
import css from './history.module.css';

/** Who and when, and of which line; all of it stands in the address. */
export function FilterBar() {
  const { actor, from, to, line } = useSearchTexts();
  const setSearch = useSetSearch();
  const id = useId();
  const [typed, setTyped] = useState(actor ?? '');
  const isFiltered = [actor, from, to, line].some((one) => one !== undefined);
  return (
    <form
      className={css['filter']}
      role="search"
      aria-label="Filter changes"
      onSubmit={(event) => {
        event.preventDefault();
        setSearch({ actor: typed.trim() || undefined }, true);
      }}
    >
      <label htmlFor={`${id}actor`}>By</label>
      <input
        dir="auto"
        id={`${id}actor`}
        className={css['input']}
        placeholder="anybody"
        value={typed}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => setTyped(event.target.value)}
        onBlur={() => setSearch({ actor: typed.trim() || undefined })}
      />
      <label htmlFor={`${id}from`}>from</label>
      <When id={`${id}from`} value={from} onChange={(value) => setSearch({ from: value }, true)} />
      <label htmlFor={`${id}to`}>to</label>
      <When id={`${id}to`} value={to} onChange={(value) => setSearch({ to: value }, true)} />
      {line !== undefined && (
        <Chip kind="accent" onRemove={() => setSearch({ line: undefined }, true)} removeLabel="Show all lines">
          {line.replace('-', ' ')}
        </Chip>
      )}
      {isFiltered && (
        <Button
          kind="quiet"
          onClick={() => {
            setTyped('');
            setSearch({ actor: undefined, from: undefined, to: undefined, line: undefined }, true);
          }}
        >
          Clear
        </Button>
      )}
    </form>
  );
}

type WhenProps = Readonly<{ id: string; value: string | undefined; onChange: (value: string | undefined) => void }>;

/** A time in the person's own zone; RFC 3339 outside. */
export function When({ id, value, onChange }: WhenProps) {
  return (
    <input
      id={id}
      type="datetime-local"
      className={css['input']}
      value={localText(value)}
      onChange={(event) => {
        const given = event.target.value;
        onChange(given === '' ? undefined : new Date(given).toISOString());
      }}
    />
  );
}

/** As the control takes it; empty for a revision. */
export function localText(value: string | undefined): string {
  if (value === undefined || /^\d+$/.test(value) || Number.isNaN(Date.parse(value))) return '';
  const date = new Date(value);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
