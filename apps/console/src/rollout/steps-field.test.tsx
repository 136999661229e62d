import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { newSteps, type ShareForm } from './share-form.js';
import { StepsField } from './steps-field.js';

const HOUR_MS = 3_600_000;
const LOCAL = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

function Harness({ now, isOff }: Readonly<{ now: number; isOff: boolean }>) {
  const [share, setShare] = useState<ShareForm>(newSteps(now));
  return share.kind === 'steps' ? <StepsField steps={share} isOff={isOff} onChange={setShare} /> : null;
}

function show({ now = 0, isOff = false } = {}) {
  render(<Harness now={now} isOff={isOff} />);
  const times = () => screen.queryAllByRole('listitem').map(({ textContent }) => textContent);
  return { user: userEvent.setup(), times };
}

const NOW_MS = Date.parse('2026-03-01T09:00:00Z');
const { now } = Date;
beforeAll(() => (Date.now = () => NOW_MS));
afterAll(() => (Date.now = now));

const after = (hours: number): string => LOCAL.format(NOW_MS + hours * HOUR_MS);

it('raises at once, and then a day apart', () => {
  const { times } = show();
  expect(times()).toEqual(['1 % when it is saved', `5 % ${after(24)}`, `25 % ${after(48)}`, `100 % ${after(72)}`]);
});

it('goes on from the share that is there', () => {
  expect(
    show({ now: 20 })
      .times()
      .map((text) => text?.split(' ')[0]),
  ).toEqual(['20', '25', '100']);
});

it('shows each time anew as what is apart is chosen or typed, and none while the steps cannot be read', async () => {
  const { user, times } = show({ now: 25 });
  await user.click(screen.getByRole('button', { name: 'an hour apart' }));
  expect(times()).toEqual(['25 % when it is saved', `100 % ${after(1)}`]);
  await user.click(screen.getByRole('button', { name: '1-5-25-100' }));
  expect(times()).toHaveLength(4);
  const apart = screen.getByRole('textbox', { name: 'Apart' });
  await user.clear(apart);
  await user.type(apart, '2');
  await user.selectOptions(screen.getByRole('combobox', { name: 'Unit' }), 'days');
  expect(times()[1]).toBe(`5 % ${after(48)}`);
  const shares = screen.getByRole('textbox', { name: 'Steps, %' });
  await user.clear(shares);
  await user.type(shares, '10, 5');
  expect(times()).toEqual([]);
  await user.clear(shares);
  await user.type(shares, '0.5 12.5');
  expect(times().map((text) => text?.split(' ')[0])).toEqual(['0.5', '12.5']);
});

it('says of a rollout that is off that later steps would fail, and promises no times', () => {
  const { times } = show({ now: 5, isOff: true });
  expect(screen.getByRole('alert').textContent).toMatch(
    /each later step would find it so, and fail.*Switch it on first/,
  );
  expect(times()).toEqual([]);
});
