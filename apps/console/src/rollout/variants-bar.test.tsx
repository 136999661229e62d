import { fireEvent, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { parseJson, parseSettingType } from '@heksher/core';
import { draftOf } from '../editors/draft.js';
import { type VariantForm } from './rollout-form.js';
import { VariantsBar } from './variants-bar.js';

function Harness({ weights }: Readonly<{ weights: readonly string[] }>) {
  const value = draftOf(parseSettingType('int'), parseJson('1'));
  const [variants, setVariants] = useState<readonly VariantForm[]>(
    weights.map((weight, id) => ({ id, name: `v${id}`, weight, value })),
  );
  const change = (next: readonly number[]) =>
    setVariants(variants.map((one, index) => ({ ...one, weight: String(next[index]) })));
  return (
    <>
      <VariantsBar variants={variants} onChange={change} />
      <output>{variants.map(({ weight }) => weight).join(' ')}</output>
    </>
  );
}

function show(...weights: readonly string[]) {
  render(<Harness weights={weights} />);
  return { user: userEvent.setup(), weights: () => screen.getByRole('status').textContent };
}

it('arrows on a handle move a hundredth, with Shift a tenth, and none is taken away', async () => {
  const { user, weights } = show('1', '1');
  const handle = screen.getByRole('slider', { name: 'Between v0 and v1' });
  expect(handle.getAttribute('aria-valuetext')).toBe('v0 50 %, v1 50 %');
  handle.focus();
  await user.keyboard('{ArrowRight}');
  expect(weights()).toBe('51 49');
  await user.keyboard('{Shift>}{ArrowLeft}{/Shift}');
  expect(weights()).toBe('41 59');
  await user.keyboard('{End}');
  expect(weights()).toBe('99 1');
  expect(handle.getAttribute('aria-valuenow')).toBe('99');
});

it('buttons do what a drag does', async () => {
  const { user, weights } = show('50', '30', '20');
  await user.click(screen.getByRole('button', { name: 'More of v1, less of v2' }));
  await user.click(screen.getByRole('button', { name: 'Less of v0, more of v1' }));
  expect(weights()).toBe('49 32 19');
});

it('a drag moves from where it began, as far as the pointer', () => {
  const { weights } = show('1', '1');
  const handle = screen.getByRole('slider');
  handle.setPointerCapture = () => undefined;
  Object.defineProperty(handle.parentElement, 'clientWidth', { value: 400 });
  // jsdom's own events of pointers are nowhere.
  const fire = (type: string, clientX: number) =>
    fireEvent(handle, new MouseEvent(type, { bubbles: true, cancelable: true, clientX }));
  fire('pointermove', 300);
  expect(weights()).toBe('1 1');
  fire('pointerdown', 200);
  fire('pointermove', 240);
  fire('pointermove', 280);
  expect(weights()).toBe('70 30');
  fire('pointerup', 280);
  fire('pointermove', 400);
  expect(weights()).toBe('70 30');
});

it('where a weight is none there is nothing to move', () => {
  show('1', '');
  expect(screen.queryByRole('slider')).toBeNull();
  expect(screen.queryByRole('button')).toBeNull();
});
