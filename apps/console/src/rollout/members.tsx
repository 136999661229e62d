import { isFeatureValue } from '@heksher/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Download, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { request } from '../api/client.js';
import { keys } from '../api/queries.js';
import { useReadOnly } from '../api/config.js';
import { Button, IconButton } from '../ui/button.js';
import { Field, Input } from '../ui/field.js';
import { useRested } from '../ui/use-rested.js';
import { useWrite } from '../ui/use-write.js';
import { MembersImport } from './members-import.js';
import css from './rollout.module.css';
import { type keyOf } from './stored-rollout.js';

const PAGE = 100;
const EXPORT_PAGE = 10_000;

type MembersProps = Readonly<{
  id: number;
  count: number;
  /** What names the rollout in a change set. */
  about: ReturnType<typeof keyOf>;
}>;

/** The units that are always in: looked for, listed, removed, imported and exported. */
export function Members({ id, count, about }: MembersProps) {
  const isReadOnly = useReadOnly() !== undefined;
  const [unit, setUnit] = useState('');
  const write = useWrite();
  const pages = useInfiniteQuery({
    queryKey: [...keys.rollout(id), 'members'],
    queryFn: ({ pageParam, signal }) => page(id, pageParam, PAGE, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.data.next_cursor ?? undefined,
  });
  const members = pages.data?.pages.flatMap(({ data }) => data.members) ?? [];
  const remove = (one: string) =>
    write.run(() => request('post', '/api/v1/rollouts/{id}/members', { path: { id: id }, body: { remove: [one] } }), {
      title: `Removed ${one}`,
    });
  return (
    <section className={css['card']}>
      <div className={css['head']}>
        <h2>Members</h2>
        <span className={css['soft']}>{count.toLocaleString('en')}</span>
        {count > 0 && (
          <Button size="small" onClick={() => void exportAll(id)}>
            <Download aria-hidden /> Export
          </Button>
        )}
      </div>
      <Field label="Look for one" hint={<Found id={id} unit={unit} />}>
        <Input
          value={unit}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => setUnit(event.target.value.trim())}
        />
      </Field>
      {members.length > 0 && (
        <ul className={css['list']} aria-label="Members" tabIndex={0}>
          {members.map((one) => (
            <li key={one}>
              {one}
              {!isReadOnly && (
                <IconButton label={`Remove ${one}`} onClick={() => void remove(one)}>
                  <Trash2 aria-hidden />
                </IconButton>
              )}
            </li>
          ))}
        </ul>
      )}
      {pages.hasNextPage && (
        <Button isPending={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          More
        </Button>
      )}
      {!isReadOnly && <MembersImport id={id} about={about} />}
    </section>
  );
}

function page(id: number, cursor: string | undefined, limit: number, signal?: AbortSignal) {
  return request('get', '/api/v1/rollouts/{id}/members', {
    path: { id: id },
    query: { cursor, limit },
    ...(signal && { signal }),
  });
}

function Found({ id, unit }: Readonly<{ id: number; unit: string }>) {
  const rested = useRested(unit, 250);
  const { data } = useQuery({
    queryKey: [...keys.rollout(id), 'member', rested],
    queryFn: ({ signal }) => isMember(id, rested, signal),
    enabled: rested !== '',
  });
  if (unit === '') return null;
  return (
    <span aria-live="polite">
      {data === undefined || rested !== unit ? '…' : data ? 'is a member ✓' : 'is no member'}
    </span>
  );
}

/** The first of those that begin with a unit's id is the unit itself, where it is a member. */
export async function isMember(id: number, unit: string, signal: AbortSignal): Promise<boolean> {
  if (!isFeatureValue(unit)) return false;
  const query = { prefix: unit, limit: 1 };
  const { data } = await request('get', '/api/v1/rollouts/{id}/members', { path: { id: id }, query, signal });
  return data.members[0] === unit;
}

/** All members as lines of text, in a file. */
async function exportAll(id: number): Promise<void> {
  const lines: string[] = [];
  let cursor: string | undefined;
  do {
    const { data } = await page(id, cursor, EXPORT_PAGE);
    lines.push(...data.members.map((one) => `${one}\n`));
    cursor = data.next_cursor ?? undefined;
  } while (cursor !== undefined);
  const url = URL.createObjectURL(new Blob(lines, { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `rollout-${id}-members.txt`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
