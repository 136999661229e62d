import { parseJson } from '@heksher/core';
import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { renderPage } from '../ui/render-page.js';
import { Value } from './value.js';

const LONG = JSON.stringify(Array.from({ length: 100 }, (_, index) => index));

it('a value that is too long for its cell opens whole by the keyboard, and is copied', async () => {
  const user = userEvent.setup();
  await renderPage(<Value value={parseJson(LONG)} most={40} />);
  await user.tab();
  expect(document.activeElement?.textContent).toBe(`${LONG.slice(0, 40)}…, show the whole value`);
  await user.keyboard('{Enter}');
  const whole = await screen.findByRole('region', { name: 'The whole value' });
  expect(whole.textContent).toBe(LONG);
  await user.click(screen.getByRole('button', { name: 'Copy' }));
  expect(await navigator.clipboard.readText()).toBe(LONG);
  await user.keyboard('{Escape}');
  expect(screen.queryByRole('region')).toBeNull();
});

it('a short value, and one inside of a button, is nothing to press', async () => {
  await renderPage(
    <>
      <Value value={parseJson('60')} />
      <Value value={parseJson(LONG)} isInside />
    </>,
  );
  expect(await screen.findByText('60')).toBeTruthy();
  expect(screen.queryByRole('button')).toBeNull();
});
