import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Clock, History } from 'lucide-react';
import { useId, useState } from 'react';
import { useSearchTexts, useSetSearch } from '../ui/address.js';
import { Band } from '../ui/band.js';
import { Button, buttonClass, IconButton } from '../ui/button.js';
import { Popover } from '../ui/menu.js';
import { Time } from '../ui/time.js';
import css from './as-of.module.css';
import { localText, When } from './filter-bar.js';
import { entryQuery } from './history-query.js';

/** Says that the whole console shows the past, and leads back. */
export function AsOfBand() {
  const { asof } = useSearchTexts();
  const setSearch = useSetSearch();
  if (asof === undefined) return null;
  return (
    <Band
      kind="warn"
      icon={<Clock aria-hidden />}
      action={
        <>
          <Link to="/changes/compare" search={{ from: asof, asof: undefined }} className={buttonClass()}>
            Compare with now
          </Link>
          <Button kind="primary" onClick={() => setSearch({ asof: undefined }, true)}>
            Back to now
          </Button>
        </>
      }
    >
      You look at the past: <Moment asOf={asof} />. Nothing can be changed there.
    </Band>
  );
}

const EXACT = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' });

function Moment({ asOf }: Readonly<{ asOf: string }>) {
  return /^\d+$/.test(asOf) ? <AfterChange seq={Number(asOf)} /> : <Exactly at={asOf} />;
}

function Exactly({ at }: Readonly<{ at: string }>) {
  if (Number.isNaN(Date.parse(at))) return <strong>{at}</strong>;
  return (
    <>
      <strong>{EXACT.format(new Date(at))}</strong> (<Time at={at} />)
    </>
  );
}

function AfterChange({ seq }: Readonly<{ seq: number }>) {
  const { data } = useInfiniteQuery(entryQuery(seq));
  const entry = data?.pages[0];
  return (
    <>
      <strong>after change {seq}</strong>
      {entry !== undefined && (
        <>
          {' '}
          of {entry.actor}, <Time at={entry.at} />
        </>
      )}
    </>
  );
}

const BACK: readonly (readonly [label: string, ms: number])[] = [
  ['An hour ago', 3_600_000],
  ['Yesterday', 86_400_000],
  ['A week ago', 7 * 86_400_000],
];

/** In the header: goes to a time that one chooses. */
export function AsOfButton() {
  return (
    <Popover
      title="Look at the past"
      trigger={
        <IconButton label="Look at the past">
          <History aria-hidden />
        </IconButton>
      }
    >
      {(close) => <Moments close={close} />}
    </Popover>
  );
}

function Moments({ close }: Readonly<{ close: () => void }>) {
  const { asof } = useSearchTexts();
  const setSearch = useSetSearch();
  const [when, setWhen] = useState<string>();
  const id = useId();
  const go = (to: string): void => {
    close();
    setSearch({ asof: to, edit: undefined, revert: undefined }, true);
  };
  return (
    <>
      <p className={css['soft']}>The whole console shows how everything was then.</p>
      <div className={css['row']}>
        {BACK.map(([label, ms]) => (
          <Button key={label} onClick={() => go(new Date(Date.now() - ms).toISOString())}>
            {label}
          </Button>
        ))}
      </div>
      <form
        className={css['row']}
        onSubmit={(event) => {
          event.preventDefault();
          if (when !== undefined) go(when);
        }}
      >
        <label htmlFor={id} className="visually-hidden">
          When
        </label>
        <When id={id} value={when ?? (localText(asof) === '' ? undefined : asof)} onChange={setWhen} />
        <Button type="submit" kind="primary" disabled={when === undefined}>
          Go there
        </Button>
      </form>
    </>
  );
}
