import { screen } from '@testing-library/react';
import { keys } from '../api/queries.js';
import { renderPage } from '../ui/render-page.js';
import { Moving } from './moving.js';

const HOUR_MS = 3_600_000;

type Ramp = Readonly<{ from: number; to: number; startsIn: number; endsIn: number; now: number }>;

/** What stands below the setting of a ramp; times in hours from now. */
async function marksOf({ from, to, startsIn, endsIn, now }: Ramp): Promise<string> {
  // Half a minute more, which the relative time leaves out.
  const at = (hours: number): string => new Date(Date.now() + hours * HOUR_MS + 30_000).toISOString();
  const ramp = { from, to, start: at(startsIn), end: at(endsIn) };
  const rollouts = [{ rollout_id: 7, setting: 'web.new_checkout', ramp, percentage_now: now }];
  await renderPage(<Moving />, [[[...keys.rollouts, 'moving'], { data: { rollouts, total: 12 } }]]);
  const link = await screen.findByRole('link', { name: 'web.new_checkout' });
  expect(link.getAttribute('href')).toBe('/settings/web.new_checkout?row=rollout-7');
  expect(screen.getByText('and 11 more')).toBeTruthy();
  return link.parentElement?.textContent ?? '';
}

it('a ramp says when it comes to the next quarter, and when it ends', async () => {
  expect(await marksOf({ from: 0, to: 100, startsIn: -10, endsIn: 30, now: 30 })).toMatch(
    /30 %50 % in 10 hours, 100 % tomorrow$/,
  );
});

it('one that is to begin says when', async () => {
  expect(await marksOf({ from: 0, to: 20, startsIn: 2, endsIn: 12, now: 0 })).toMatch(
    /0 %begins in 2 hours, 20 % in 12 hours$/,
  );
});

it('past its last quarter it says its end alone; a quarter that it begins above or ends at is none', async () => {
  expect(await marksOf({ from: 50, to: 100, startsIn: -8, endsIn: 2, now: 90 })).toMatch(/90 %100 % in 2 hours$/);
});

it('says that none is under way', async () => {
  await renderPage(<Moving />, [[[...keys.rollouts, 'moving'], { data: { rollouts: [], total: 0 } }]]);
  expect(await screen.findByText('No ramp is under way.')).toBeTruthy();
});
