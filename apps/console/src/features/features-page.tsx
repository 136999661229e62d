import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ArrowDown, ArrowUp, Trash2 } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import { request } from '../api/client.js';
import { useReadOnly } from '../api/config.js';
import { contextFeaturesQuery, keys } from '../api/queries.js';
import { Button, IconButton } from '../ui/button.js';
import { Failure } from '../ui/failure.js';
import { Page } from '../ui/page.js';
import { AddFeature } from './add-feature.js';
import { DeleteFeature } from './delete-feature.js';
import css from './features.module.css';
import { ReviewOrder } from './review-order.js';

/** The context features in their order, least specific first. Nothing moves before it was reviewed. */
export function FeaturesPage() {
  const { data: answer, error, refetch } = useQuery(contextFeaturesQuery());
  const isReadOnly = useReadOnly() !== undefined;
  const stored = answer?.data.context_features ?? [];
  const [wanted, setWanted] = useState<readonly string[]>();
  const [open, setOpen] = useState<'review' | 'add' | Readonly<{ doomed: string }>>();
  const [said, setSaid] = useState('');
  // Those that came or went meanwhile do not disturb who orders the others.
  const order =
    wanted === undefined
      ? stored
      : [...wanted.filter((name) => stored.includes(name)), ...stored.filter((name) => !wanted.includes(name))];
  const isMoved = order.some((name, index) => stored[index] !== name);
  const move = (from: number, to: number) => {
    const name = order[from];
    if (name === undefined || to < 0 || to >= order.length) return;
    setWanted(order.toSpliced(from, 1).toSpliced(to, 0, name));
    setSaid(`${name} is at place ${to + 1} of ${order.length}`);
  };
  return (
    <Page
      title="Context features"
      actions={
        !isReadOnly && (
          <Button kind="primary" onClick={() => setOpen('add')}>
            Add a context feature
          </Button>
        )
      }
    >
      {error !== null && answer === undefined && <Failure error={error} retry={() => void refetch()} />}
      <p className={css['lead']}>
        What is known of where a setting is read. Of two lines that match, the one with a condition on the feature
        further down decides: the last is the most specific.
      </p>
      <ol className={css['list']}>
        {order.map((name, index) => (
          <FeatureRow
            key={name}
            name={name}
            index={index}
            order={order}
            isChanged={stored[index] !== name}
            isReadOnly={isReadOnly}
            onMove={(to) => move(index, to)}
            onDelete={() => setOpen({ doomed: name })}
          />
        ))}
      </ol>
      <p aria-live="polite" className="visually-hidden">
        {said}
      </p>
      {isMoved && (
        <div className={css['bar']}>
          <span>The order is changed here only.</span>
          <Button onClick={() => setWanted(undefined)}>Put back</Button>
          <Button kind="primary" onClick={() => setOpen('review')}>
            Review
          </Button>
        </div>
      )}
      {open === 'review' && (
        <ReviewOrder
          stored={stored}
          wanted={order}
          onDone={() => {
            setWanted(undefined);
            setOpen(undefined);
          }}
          onClose={() => setOpen(undefined)}
        />
      )}
      {open === 'add' && <AddFeature order={stored} etag={answer?.etag} onClose={() => setOpen(undefined)} />}
      {typeof open === 'object' && (
        <DeleteFeature name={open.doomed} etag={answer?.etag} onClose={() => setOpen(undefined)} />
      )}
    </Page>
  );
}

type FeatureRowProps = Readonly<{
  name: string;
  index: number;
  order: readonly string[];
  isChanged: boolean;
  isReadOnly: boolean;
  onMove: (to: number) => void;
  onDelete: () => void;
}>;

function FeatureRow({ name, index, order, isChanged, isReadOnly, onMove, onDelete }: FeatureRowProps) {
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (by === undefined || !event.altKey) return;
    event.preventDefault();
    onMove(index + by);
  };
  return (
    <li
      className={css['row']}
      data-changed={isChanged || undefined}
      tabIndex={isReadOnly ? undefined : 0}
      onKeyDown={onKeyDown}
    >
      <span className={css['number']}>{index + 1}</span>
      <b>{name}</b>
      <Counts name={name} />
      {!isReadOnly && (
        <span className={css['tools']}>
          <IconButton label={`Move ${name} up`} disabled={index === 0} onClick={() => onMove(index - 1)}>
            <ArrowUp aria-hidden />
          </IconButton>
          <IconButton
            label={`Move ${name} down`}
            disabled={index === order.length - 1}
            onClick={() => onMove(index + 1)}
          >
            <ArrowDown aria-hidden />
          </IconButton>
          <select
            aria-label={`Move ${name} to place`}
            value={index}
            onChange={(event) => onMove(Number(event.target.value))}
          >
            {order.map((_, place) => (
              <option key={place} value={place}>
                {place + 1}
              </option>
            ))}
          </select>
          <IconButton label={`Delete ${name}`} onClick={onDelete}>
            <Trash2 aria-hidden />
          </IconButton>
        </span>
      )}
    </li>
  );
}

/** How much is configurable by it. */
function Counts({ name }: Readonly<{ name: string }>) {
  const { data: settings } = useQuery({
    queryKey: [...keys.settings, 'by-feature', name],
    queryFn: ({ signal }) => request('get', '/api/v1/settings', { query: { feature: name, limit: 1 }, signal }),
  });
  const { data: values } = useQuery({
    queryKey: [...keys.contextFeatures, 'counts', name],
    queryFn: ({ signal }) =>
      request('get', '/api/v1/context_features/{name}/values', {
        path: { name },
        query: { limit: 1 },
        exact: [],
        signal,
      }),
  });
  const total = settings?.data !== undefined && 'total' in settings.data ? settings.data.total : undefined;
  return (
    <span className={css['counts']}>
      {total !== undefined && (
        <Link to="/settings" search={{ feature: name } as never}>
          {total.toLocaleString('en')} setting{total === 1 ? '' : 's'}
        </Link>
      )}
      {values !== undefined &&
        `${values.data.total.toLocaleString('en')} value${values.data.total === 1 ? '' : 's'} named`}
    </span>
  );
}
