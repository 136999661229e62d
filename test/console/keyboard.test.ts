import { type Page } from 'playwright-core';
import { describeConsole, type OpenPage, useConsole } from '../support/console/console.js';
import { tabTo, typeOver } from '../support/console/keyboard.js';
import { addReadmeData } from '../support/console/readme-data.js';
import { addRule, expectStatus } from '../support/service/service.js';

/** Each job that people come for, from the overview on, without any pointer. */
describeConsole('by the keyboard alone', () => {
  const running = useConsole({}, async ({ call }) => {
    await addReadmeData(call);
    await addRule(call, 'cache_size', { account: 'mia' }, 60);
  });

  async function valueFor(context: Readonly<Record<string, string>>, setting = 'cache_size'): Promise<unknown> {
    const { body } = await running().service.call('POST', '/api/v1/evaluate', {
      body: { context, settings: [setting] },
    });
    return (body as { settings: Record<string, { value: unknown }> }).settings[setting]?.value;
  }

  /** Goes where a text leads in the palette. */
  async function go(page: Page, text: string, entry: string): Promise<void> {
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: /^Search settings/ }).waitFor();
    await page.keyboard.type(text);
    await page.getByRole('option', { name: entry, selected: true }).waitFor();
    await page.keyboard.press('Enter');
  }

  async function press(page: Page, role: 'button' | 'link', name: string | RegExp): Promise<void> {
    await tabTo(page, page.getByRole(role, { name, exact: true }));
    await page.keyboard.press('Enter');
  }

  async function choose(page: Page, name: string): Promise<void> {
    const entry = page.getByRole('menuitem', { name });
    await entry.waitFor();
    const isThere = async () => (await entry.and(page.locator('[data-highlighted]')).count()) === 1;
    for (let pressed = 0; pressed < 8 && !(await isThere()); pressed += 1) await page.keyboard.press('ArrowDown');
    expect(await isThere()).toBe(true);
    await page.keyboard.press('Enter');
  }

  /** Goes to a line of the matrix. */
  async function goToLine(page: Page, key: string): Promise<void> {
    const line = page.locator(`[data-line="${key}"]`);
    await tabTo(page, page.locator('[data-line][tabindex="0"]'));
    const isThere = async () => (await line.and(page.locator(':focus')).count()) === 1;
    await page.keyboard.press('Home');
    for (let pressed = 0; pressed < 10 && !(await isThere()); pressed += 1) await page.keyboard.press('ArrowDown');
    expect(await isThere()).toBe(true);
  }

  async function undo(page: Page): Promise<void> {
    await page.keyboard.press('F6');
    await press(page, 'button', 'Undo');
    await page.getByText(/^Undone: /).waitFor();
  }

  async function tryContext(page: Page, values: Readonly<Record<string, string>>): Promise<void> {
    const panel = page.getByRole('complementary', { name: 'Try a context' });
    for (const [feature, value] of Object.entries(values)) {
      await tabTo(page, panel.getByLabel(feature, { exact: true }));
      await typeOver(page, value);
    }
  }

  async function expectClean({ errors, violations, foreign, close }: OpenPage, expected?: RegExp): Promise<void> {
    const others = errors.filter((error) => expected?.test(error) !== true);
    expect({ others, violations, foreign }).toEqual({ others: [], violations: [], foreign: [] });
    await close();
  }

  it('a setting is found', async () => {
    const opened = await running().open('/');
    const { page } = opened;
    await go(page, 'settings', 'Settings');
    await page.getByText('2 found').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('owner:web');
    await page.getByText('1 found').waitFor();
    await press(page, 'link', 'web.new_checkout');
    await page.getByRole('heading', { level: 1, name: 'web.new_checkout' }).waitFor();
    await expectClean(opened);
  });

  it('one sees what a context gets and why, and hands the view on', async () => {
    const opened = await running().open('/', { permissions: ['clipboard-read', 'clipboard-write'] });
    const { page } = opened;
    await go(page, 'cache_size', 'cache_size How many pages the renderer keeps in memory');
    await page.getByRole('heading', { level: 1, name: 'cache_size' }).waitFor();
    await tryContext(page, { account: 'jim', user: 'admin' });
    await page.locator('[data-line="rule-3"]').getByText('decides', { exact: true }).waitFor();
    await press(page, 'button', 'Copy');
    await choose(page, 'Link to this');
    await page.getByText('Copied the link').waitFor();
    const link = await page.evaluate<string>('navigator.clipboard.readText()');
    expect(link).toMatch(/\/settings\/cache_size\?.*ctx=account/);
    await page.goto(link);
    await page.locator('[data-line="rule-3"]').getByText('decides', { exact: true }).waitFor();
    await expectClean(opened);
  });

  it('a value is changed for some, with who would see it before, and taken back', async () => {
    const opened = await running().open('/');
    const { page } = opened;
    await go(page, 'rule 4', 'rule 4');
    await goToLine(page, 'rule-4');
    await page.keyboard.press('e');
    await tabTo(page, page.getByRole('textbox', { name: 'cache_size is' }));
    await typeOver(page, '15');
    const seen = page.getByRole('region', { name: 'Who would see another value' });
    await seen.getByText('user guest').first().waitFor();
    await press(page, 'button', 'Save');
    await page.getByText('Changed rule 4').waitFor();
    expect(await valueFor({ user: 'guest' })).toBe(15);
    await undo(page);
    expect(await valueFor({ user: 'guest' })).toBe(10);
    await expectClean(opened);
  });

  it('something is stopped at once', async () => {
    const opened = await running().open('/');
    const { page } = opened;
    await go(page, 'rollout 1', 'rollout 1');
    await press(page, 'button', 'Switch rollout 1 off');
    await page.getByText('Without it users get false').waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('Switched rollout 1 of web.new_checkout off').waitFor();
    expect(await valueFor({ user: 'ann' }, 'web.new_checkout')).toBe(false);
    await undo(page);
    expect(await valueFor({ user: 'ann' }, 'web.new_checkout')).toBe(true);
    await expectClean(opened);
  });

  it('a value is released gradually', async () => {
    const opened = await running().open('/');
    const { page } = opened;
    await go(page, 'rollout 1', 'rollout 1');
    await goToLine(page, 'rollout-1');
    await page.keyboard.press('e');
    const slider = page.getByRole('slider', { name: 'Share of users, slider' });
    await tabTo(page, slider);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Alt+ArrowRight');
    await page.getByText('20 → 21.1 %: 1.1 % of users get it, nobody loses it.').waitFor();
    await tabTo(page, page.getByRole('button', { name: 'A ramp' }), 'Shift+Tab');
    await page.keyboard.press('Enter');
    await press(page, 'button', 'To 100 % in a day');
    await press(page, 'button', 'Save');
    await page.getByText('Changed rollout 1').waitFor();
    const { body } = await running().service.call('GET', '/api/v1/rollouts/1');
    expect(body).toMatchObject({ state: 'ramping', ramp: { to: 100 } });
    await expectClean(opened);
  });

  it('one knows who changed what, goes back to how it was, and cannot break anything there', async () => {
    const opened = await running().open('/');
    const { page } = opened;
    await go(page, 'changes', 'Changes');
    await page.getByRole('heading', { level: 1, name: 'Changes' }).waitFor();
    const first = page.getByRole('link', { name: /^Change \d+$/ }).first();
    await first.waitFor();
    const seq = /\d+/.exec((await first.getAttribute('aria-label')) ?? '')?.[0] ?? '';
    await press(page, 'button', `More about change ${seq}`);
    await choose(page, 'Look at how it was before this');
    await page.getByText('Nothing can be changed there.').waitFor();
    await go(page, 'cache_size', 'cache_size How many pages the renderer keeps in memory');
    await page.locator('[data-line="rule-4"]').waitFor();
    expect(await page.getByRole('button', { name: /^(Add|Edit|Delete|Switch)\b/ }).count()).toBe(0);
    await press(page, 'button', 'Back to now');
    await page.getByRole('button', { name: 'Edit rule 4' }).waitFor();
    await expectClean(opened);
  });

  it('one knows of a line who changed it last, when, and from what to what', async () => {
    const rule = await addRule(running().service.call, 'cache_size', { account: 'zoe' }, 61);
    await expectStatus(
      204,
      running().service.call('PUT', `/api/v1/rules/${rule}/value`, {
        body: { value: 62 },
        headers: { 'Heksher-Message': 'zoe asked for more' },
      }),
    );
    const opened = await running().open('/');
    const { page } = opened;
    await go(page, `rule ${rule}`, `rule ${rule}`);
    await goToLine(page, `rule-${rule}`);
    const link = page.locator(`[data-line="rule-${rule}"]`).getByRole('link', { name: /^(just now|.* ago) by \S/ });
    const actor = / by (.+)$/.exec(await link.innerText())?.[1] ?? '';
    await tabTo(page, link);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/changes\/\d+$/);
    await page.getByText('zoe asked for more').first().waitFor();
    const said = (await page.getByRole('main').innerText()).replace(/\s+/g, ' ');
    for (const part of [actor, 'zoe', '61', '62']) expect(said).toContain(part);
    await expectClean(opened);
    await expectStatus(204, running().service.call('DELETE', `/api/v1/rules/${rule}`));
  });

  it('everything that names a value is found', async () => {
    const opened = await running().open('/');
    const { page } = opened;
    await go(page, 'account=jim', 'Everything that names account jim');
    await page.waitForURL(/values\/account\/jim$/);
    await page.getByRole('link', { name: 'cache_size' }).first().waitFor();
    await press(page, 'link', 'cache_size');
    await page.getByRole('heading', { level: 1, name: 'cache_size' }).waitFor();
    await expectClean(opened);
  });

  it('of two who edit one line nobody is overwritten', async () => {
    const opened = await running().open('/');
    const { page } = opened;
    const { call } = running().service;
    await go(page, 'rule 2', 'rule 2');
    await goToLine(page, 'rule-2');
    await page.keyboard.press('Enter');
    await tabTo(page, page.getByRole('textbox', { name: 'cache_size is' }));
    await typeOver(page, '51');
    await expectStatus(204, call('PUT', '/api/v1/rules/2/value', { body: { value: 52 } }));
    await press(page, 'button', 'Save');
    await page.getByText('value: both of you changed it').waitFor();
    expect(await valueFor({ account: 'jim' })).toBe(52);
    await press(page, 'button', 'Keep mine');
    await press(page, 'button', 'Save');
    await page.getByText('Changed rule 2').waitFor();
    expect(await valueFor({ account: 'jim' })).toBe(51);
    await expectClean(opened, /status of 412/);
  });

  it('what is dead is found and deleted', async () => {
    const opened = await running().open('/');
    const { page } = opened;
    await go(page, 'findings', 'Findings');
    const section = page.locator('section').filter({ hasText: 'Says what the default says' });
    await tabTo(page, section.getByRole('link', { name: 'cache_size' }));
    await page.keyboard.press('Enter');
    await page.waitForURL(/row=rule-6$/);
    await goToLine(page, 'rule-6');
    await page.keyboard.press('Delete');
    await page.getByRole('heading', { name: 'Delete rule 6?' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('Deleted rule 6').waitFor();
    await expectStatus(404, running().service.call('GET', '/api/v1/rules/6'));
    await expectClean(opened);
  });
});

describeConsole('by the keyboard alone where nothing may be changed', () => {
  const running = useConsole({ HEKSHER_CONSOLE_READ_ONLY: 'true' }, ({ call }) => addReadmeData(call));

  it('the keys of lines and of a new rule open nothing, and there is no button for what they do', async () => {
    const opened = await running().open('/settings/cache_size');
    const { page } = opened;
    await tabTo(page, page.locator('[data-line][tabindex="0"]'));
    await page.keyboard.press('ArrowDown');
    for (const key of ['e', 'Enter', 'd', 'Delete', 'n']) await page.keyboard.press(key);
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    expect(await page.getByRole('dialog').count()).toBe(1);
    expect(new URL(page.url()).search).not.toMatch(/edit|delete/);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await page.getByRole('button', { name: /^(Add|Edit|Delete|Switch|Make)\b/ }).count()).toBe(0);
    expect(await opened.axe()).toEqual([]);
    await opened.close();
  });
});
