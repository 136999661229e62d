import { type ReactNode } from 'react';
import { type ApiError } from '../api/api-error.js';
import { Button } from './button.js';
import css from './conflict.module.css';
import { Time } from './time.js';

/** A part of what is edited that two people changed otherwise. */
export type Collision = Readonly<{
  name: string;
  base: ReactNode;
  theirs: ReactNode;
  yours: ReactNode;
  choice: 'theirs' | 'yours' | undefined;
}>;

type ConflictProps = Readonly<{
  error: ApiError;
  collisions: readonly Collision[];
  /** What of theirs was taken since you had not changed it. */
  merged: readonly string[];
  onChoose: (name: string, choice: 'theirs' | 'yours') => void;
}>;

/** Somebody changed what is edited here. What does not collide is merged; the rest is chosen, part by part. */
export function Conflict({ error, collisions, merged, onChoose }: ConflictProps) {
  const changed = error.problem.changed as Readonly<{ at: string; actor: string; message: string | null }> | undefined;
  return (
    <section className={css['conflict']} role="alert" aria-label="Changed meanwhile">
      <p>
        <b>{changed === undefined || changed.actor === '' ? 'Somebody' : changed.actor} changed this</b>{' '}
        {changed !== undefined && <Time at={changed.at} />} while you edited it
        {changed?.message ? `: “${changed.message}”` : '.'}
      </p>
      {merged.length > 0 && <p>Taken from there, since you had not changed it: {merged.join(', ')}.</p>}
      {collisions.length === 0 && <p>Nothing collides. Look once more, and save.</p>}
      {collisions.map(({ name, base, theirs, yours, choice }) => (
        <table key={name} className={css['table']}>
          <caption>{name}: both of you changed it</caption>
          <tbody>
            <tr>
              <th scope="row">was</th>
              <td>{base}</td>
              <td />
            </tr>
            <tr data-chosen={choice === 'theirs' || undefined}>
              <th scope="row">theirs</th>
              <td>{theirs}</td>
              <td>
                <Button size="small" aria-pressed={choice === 'theirs'} onClick={() => onChoose(name, 'theirs')}>
                  Take theirs
                </Button>
              </td>
            </tr>
            <tr data-chosen={choice === 'yours' || undefined}>
              <th scope="row">yours</th>
              <td>{yours}</td>
              <td>
                <Button size="small" aria-pressed={choice === 'yours'} onClick={() => onChoose(name, 'yours')}>
                  Keep mine
                </Button>
              </td>
            </tr>
          </tbody>
        </table>
      ))}
    </section>
  );
}
