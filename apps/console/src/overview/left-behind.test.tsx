import { screen } from '@testing-library/react';
import { keys } from '../api/queries.js';
import { renderPage } from '../ui/render-page.js';
import { LeftBehind } from './left-behind.js';

const DAY_MS = 86_400_000;

type Left = Readonly<{ state: 'off' | 'on'; days: number | null }>;

/** Rollouts of settings that were changed so many days ago last; null: before the log begins. */
async function show(...all: readonly Left[]): Promise<readonly string[]> {
  const rollouts = all.map(({ state }, index) => ({ rollout_id: index + 1, setting: `s${index + 1}`, state }));
  const settings = all.map(({ days }, index) => ({
    name: `s${index + 1}`,
    changed: days === null ? null : { seq: 1, at: new Date(Date.now() - days * DAY_MS).toISOString(), actor: 'ana' },
  }));
  await renderPage(
    <main>
      <LeftBehind />
    </main>,
    [
      [[...keys.rollouts, 'left'], { data: { rollouts, total: all.length } }],
      [[...keys.settings, 'left'], { data: { settings, total: all.length, next_cursor: null } }],
    ],
  );
  await screen.findByRole('main');
  return screen.queryAllByRole('listitem').map(({ textContent }) => textContent ?? '');
}

it('tells what is off for more than a week, or for everyone for more than a month, the longest first', async () => {
  expect(
    await show(
      { state: 'off', days: 8 },
      { state: 'off', days: 6 },
      { state: 'on', days: 29 },
      { state: 'on', days: 70 },
    ),
  ).toEqual(['s4 for everyone, untouched since 2 months ago', 's1 off, untouched since last week']);
  expect(screen.getByRole('link', { name: 's4' }).getAttribute('href')).toBe('/settings/s4?row=rollout-4');
});

it('tells of those that the log does not reach back to', async () => {
  expect(await show({ state: 'off', days: null })).toEqual(['s1 off, untouched since the log begins']);
});

it('is not there where nothing was left', async () => {
  expect(await show({ state: 'off', days: 2 })).toEqual([]);
  expect(screen.queryByText('Rollouts left as they are')).toBeNull();
});

it('shows five, and leads to the rest', async () => {
  const shown = await show(...Array.from({ length: 8 }, () => ({ state: 'off' as const, days: 20 })));
  expect(shown).toHaveLength(5);
  expect(screen.getByRole('link', { name: '3 more' }).getAttribute('href')).toBe('/rollouts?state=off%2Con');
});
