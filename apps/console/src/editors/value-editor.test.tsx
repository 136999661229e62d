import { formatJson, parseJson, parseSettingType } from '@heksher/core';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { type Draft, draftOf, readDraft } from './draft.js';
import { ValueEditor } from './value-editor.js';

function Harness({ typeText, json }: Readonly<{ typeText: string; json: string }>) {
  const type = parseSettingType(typeText);
  const [draft, setDraft] = useState<Draft>(() => draftOf(type, parseJson(json)));
  const reading = readDraft(type, draft);
  return (
    <>
      <ValueEditor type={type} draft={draft} onChange={setDraft} label="Value" />
      <output>{'json' in reading ? formatJson(reading.json) : `no value: ${reading.problem}`}</output>
    </>
  );
}

function edit(typeText: string, json: string) {
  render(<Harness typeText={typeText} json={json} />);
  return { user: userEvent.setup(), value: () => screen.getByRole('status').textContent };
}

it('an int keeps its spelling until it is typed over, and says what is wrong', async () => {
  const { user, value } = edit('int', '70.0');
  expect(value()).toBe('70.0');
  const input = screen.getByRole('textbox', { name: 'Value' });
  await user.clear(input);
  await user.type(input, '1 000');
  expect(value()).toContain('no value');
  expect(input.getAttribute('aria-invalid')).toBe('true');
  await user.click(screen.getByRole('button', { name: 'Use 1000' }));
  await user.click(screen.getByRole('button', { name: 'One more' }));
  expect(value()).toBe('1001');
});

it('options that differ in kind only are told apart', async () => {
  const { user, value } = edit('Enum[1,"1",true]', '1.0');
  expect(screen.getByRole<HTMLInputElement>('radio', { name: '1' }).checked).toBe(true);
  expect(value()).toBe('1.0');
  await user.click(screen.getByRole('radio', { name: '"1"' }));
  expect(value()).toBe('"1"');
});

it('a flag more comes in the order of the options', async () => {
  const { user, value } = edit('Flags["a","b","c"]', '["c","a"]');
  expect(value()).toBe('["c","a"]');
  await user.click(screen.getByRole('checkbox', { name: '"b"' }));
  expect(value()).toBe('["a","b","c"]');
});

it('items are added, moved by the keyboard and removed', async () => {
  const { user, value } = edit('Sequence<int>', '[1,2]');
  await user.click(screen.getByRole('button', { name: 'Add an item' }));
  await user.type(screen.getByRole('textbox', { name: 'Item 3' }), '3');
  await user.keyboard('{Alt>}{ArrowUp}{/Alt}');
  expect(value()).toBe('[1,3,2]');
  await user.click(screen.getByRole('button', { name: 'Remove Item 1' }));
  expect(value()).toBe('[3,2]');
});

it('lines are pasted as items, or none is while one is wrong', async () => {
  const { user, value } = edit('Sequence<int>', '[]');
  await user.click(screen.getByRole('button', { name: 'Paste lines' }));
  const area = screen.getByRole('textbox', { name: 'Lines, each a value in JSON' });
  await user.type(area, '1{Enter}two');
  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Add 2 items' }).disabled).toBe(true);
  await user.clear(area);
  await user.type(area, '1{Enter}2.0');
  await user.click(screen.getByRole('button', { name: 'Add 2 items' }));
  expect(value()).toBe('[1,2.0]');
});

it('a key that is there twice is said at the key', async () => {
  const { user, value } = edit('Mapping<bool>', '{"a":true}');
  await user.click(screen.getByRole('button', { name: 'Add a key' }));
  const key = screen.getByRole('textbox', { name: 'Key 2' });
  await user.type(key, 'a');
  expect(key.getAttribute('aria-invalid')).toBe('true');
  expect(value()).toBe('no value: the key "a" is there twice');
  await user.type(key, 'b');
  await user.click(screen.getAllByRole('radio', { name: 'false' })[1] as HTMLElement);
  expect(value()).toBe('{"a":true,"ab":false}');
});

it('what is nested deep is opened by itself, and a trail leads back', async () => {
  const { user, value } = edit('Sequence<Sequence<Sequence<Mapping<int>>>>', '[[[{"a":1}]]]');
  await user.click(screen.getByRole('button', { name: 'Open Item 1' }));
  const input = screen.getByRole('textbox', { name: 'Value of "a"' });
  await user.clear(input);
  await user.type(input, '2');
  expect(value()).toBe('[[[{"a":2}]]]');
  await user.click(screen.getByRole('button', { name: 'Value' }));
  expect(screen.queryByRole('textbox', { name: 'Value of "a"' })).toBeNull();
});

it('JSON and fields are two looks at one value', async () => {
  const { user, value } = edit('Mapping<float>', '{"\\u0061":70.0}');
  await user.click(screen.getByRole('button', { name: 'As JSON' }));
  expect(screen.getByRole<HTMLTextAreaElement>('textbox').value).toBe('{"\\u0061":70.0}');
  await user.click(screen.getByRole('button', { name: 'As fields' }));
  expect(value()).toBe('{"\\u0061":70.0}');
});

it('a text that a text area cannot hold is edited as JSON', () => {
  const { value } = edit('str', '"a\\r\\nb"');
  expect(screen.getByRole<HTMLTextAreaElement>('textbox').value).toBe('"a\\r\\nb"');
  expect(value()).toBe('"a\\r\\nb"');
});
