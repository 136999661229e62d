import { screen } from '@testing-library/react';
import { renderPage } from '../ui/render-page.js';
import { LineChanged } from './line-changed.js';

const DAY_MS = 86_400_000;

async function show(change: Parameters<typeof LineChanged>[0]['change']): Promise<string | null> {
  await renderPage(<p data-testid="line">{<LineChanged change={change} />}</p>);
  return (await screen.findByTestId('line')).textContent;
}

it('says when and by whom, and leads to what was changed then', async () => {
  expect(await show({ seq: 42, at: new Date(Date.now() - 3 * DAY_MS).toISOString(), actor: 'ana' })).toBe(
    '3 days ago by ana',
  );
  expect(screen.getByRole('link').getAttribute('href')).toBe('/changes/42');
});

it('is earlier where that is not among what was looked through', async () => {
  expect(await show(null)).toBe('earlier');
  expect(screen.queryByRole('link')).toBeNull();
});

it('is nothing where the database does not answer', async () => {
  expect(await show(undefined)).toBe('');
});
