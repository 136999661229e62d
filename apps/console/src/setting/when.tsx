import { useSearchTexts, useSetSearch } from '../ui/address.js';
import { Button } from '../ui/button.js';
import css from './try-panel.module.css';

/** The time by which ramps go: now, or another. */
export function When() {
  const { at } = useSearchTexts();
  const setSearch = useSetSearch();
  const choose = (local: string): void => {
    const time = Date.parse(local);
    setSearch({ at: Number.isNaN(time) ? undefined : new Date(time).toISOString() });
  };
  return (
    <details className={css['when']} open={at !== undefined}>
      <summary>When: {at === undefined ? 'now' : new Date(at).toLocaleString('en')}</summary>
      <label>
        <span className="visually-hidden">The time by which ramps go</span>
        <input type="datetime-local" value={localOf(at)} onChange={(event) => choose(event.target.value)} />
      </label>
      {at !== undefined && (
        <Button size="small" onClick={() => setSearch({ at: undefined })}>
          Now
        </Button>
      )}
    </details>
  );
}

/** As the browser's own control has it: local, without a zone. */
function localOf(at: string | undefined): string {
  const time = Date.parse(at ?? '');
  if (Number.isNaN(time)) return '';
  return new Date(time - new Date(time).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
