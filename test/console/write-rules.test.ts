import { type Page } from 'playwright-core';
import { describeConsole, type OpenPage, useConsole } from '../support/console/console.js';
import { tabTo, typeOver } from '../support/console/keyboard.js';
import { addReadmeData } from '../support/console/readme-data.js';
import { expectStatus } from '../support/service/service.js';

describeConsole('who changes rules', () => {
  const running = useConsole({}, ({ call }) => addReadmeData(call));

  async function valueFor(context: Readonly<Record<string, string>>, setting = 'cache_size'): Promise<unknown> {
    const { body } = await running().service.call('POST', '/api/v1/evaluate', {
      body: { context, settings: [setting] },
    });
    return (body as { settings: Record<string, { value: unknown }> }).settings[setting]?.value;
  }

  async function expectClean({ page, axe, violations, foreign, errors, close }: OpenPage): Promise<void> {
    // What stands below the header of a page that is scrolled cannot be pressed there, and need not be.
    await page.evaluate('scrollTo(0, 0)');
    expect(await axe()).toEqual([]);
    expect({ violations, foreign, errors }).toEqual({ violations: [], foreign: [], errors: [] });
    await close();
  }

  const drawer = (page: Page) => page.getByRole('dialog');
  const save = (page: Page) => page.getByRole('button', { name: 'Save', exact: true });

  it('by the keyboard alone makes one for just the context that was tried, sees what it does, and takes it back', async () => {
    const opened = await running().open('/settings/cache_size?ctx=account:jim,user:bob');
    const { page } = opened;
    const context = { account: 'jim', user: 'bob' };
    expect(await valueFor(context)).toBe(50);
    await tabTo(page, page.getByRole('button', { name: 'Add', exact: true }));
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'A rule' }).waitFor();
    const first = page.locator('[role="menuitem"][data-highlighted]', { hasText: 'A rule' });
    if ((await first.count()) === 0) await page.keyboard.press('ArrowDown');
    await first.waitFor();
    await page.keyboard.press('Enter');
    const value = page.getByRole('textbox', { name: 'cache_size is' });
    await tabTo(page, value);
    expect(await value.inputValue()).toBe('50');
    await typeOver(page, '70');
    const effect = page.getByRole('region', { name: 'What this does' });
    await effect.getByText('70 instead of 50, which rule 2 gives now.').waitFor();
    expect(await effect.textContent()).toContain('It takes place 3 of 7.');
    const seen = page.getByRole('region', { name: 'Who would see another value' });
    await seen.getByText('account jim, user bob').waitFor();
    expect(await seen.getByRole('listitem').allTextContents()).toEqual(['account jim, user bob: 50 →becomes 70']);
    expect(await opened.axe()).toEqual([]);
    await value.press('Enter');
    await page.getByText('Added a rule for account jim, user bob').waitFor();
    // What was shown is what is so: for that context, and for no other.
    expect(await valueFor(context)).toBe(70);
    expect([await valueFor({ account: 'jim' }), await valueFor({ user: 'bob' })]).toEqual([50, 60]);
    await page.keyboard.press('F6');
    await tabTo(page, page.getByRole('button', { name: 'Undo' }));
    await page.keyboard.press('Enter');
    await page.getByText('Undone: Added a rule').waitFor();
    expect(await valueFor(context)).toBe(50);
    await expectClean(opened);
  });

  it.each([
    ['its code is loaded', '**/assets/rule-drawers-*.js'],
    ['it is read', '**/api/v1/rules/2'],
  ])('types nothing into the page behind a rule while %s, and begins in its first field', async (_, held) => {
    const opened = await running().open('/settings/cache_size');
    const { page } = opened;
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    await page.route(held, async (route) => {
      await released;
      await route.continue();
    });
    const edit = page.getByRole('button', { name: 'Edit rule 2' });
    await tabTo(page, edit);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Rule 2' }).getByText('Loading').waitFor({ state: 'attached' });
    await page.keyboard.type('jim');
    await page.keyboard.press('Tab');
    await page.keyboard.type('jim');
    release();
    const first = drawer(page).getByLabel('account', { exact: true });
    await first.and(page.locator(':focus')).waitFor();
    expect(await first.inputValue()).toBe('jim');
    const behind = `[...document.querySelectorAll('main input')].map(({ value }) => value).join('')`;
    expect(await page.evaluate(behind)).toBe('');
    await page.keyboard.press('Escape');
    await edit.and(page.locator(':focus')).waitFor();
    await expectClean(opened);
  });

  it('edits, copies and deletes the line that has the focus by single keys', async () => {
    const opened = await running().open('/settings/cache_size');
    const { page } = opened;
    const line = page.locator('[data-line="rule-1"]');
    await tabTo(page, page.locator('[data-line][tabindex="0"]'));
    const hasFocus = async () => (await line.and(page.locator(':focus')).count()) === 1;
    for (let pressed = 0; pressed < 8 && !(await hasFocus()); pressed += 1) await page.keyboard.press('ArrowDown');
    await page.getByRole('button', { name: 'Edit rule 1' }).waitFor();
    await page.keyboard.press('e');
    await page.getByRole('heading', { name: 'Rule 1', exact: true }).waitFor();
    const value = page.getByRole('textbox', { name: 'cache_size is' });
    await tabTo(page, value);
    await typeOver(page, '1 000');
    await page.getByRole('button', { name: 'Use 1000' }).waitFor();
    expect(await save(page).isDisabled()).toBe(true);
    await tabTo(page, page.getByRole('button', { name: 'Use 1000' }));
    await page.keyboard.press('Enter');
    await tabTo(page, page.getByRole('textbox', { name: 'Why' }));
    await page.keyboard.type('the fair is on');
    await page.keyboard.press('Enter');
    await page.getByText('Changed rule 1').waitFor();
    expect(await valueFor({ account: 'john' })).toBe(1000);
    const { body } = await running().service.call('GET', '/api/v1/history?limit=1');
    expect(body).toMatchObject({ entries: [{ message: 'the fair is on', changes: [{ kind: 'rule', rule_id: 1 }] }] });
    await line.focus();
    await page.keyboard.press('Delete');
    await page.getByRole('heading', { name: 'Delete rule 1?' }).waitFor();
    await page.getByText('account john').first().waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('Deleted rule 1').waitFor();
    expect(await valueFor({ account: 'john' })).toBe(60);
    await expectClean(opened);
  });

  it.each([
    ['e', 'Rule 3'],
    ['d', 'Add a rule'],
    ['n', 'Add a rule'],
    ['Delete', 'Delete rule 3?'],
  ])('opens by the key %s what it is for, before the buttons of lines are loaded', async (key, title) => {
    const opened = await running().open('/settings');
    const { page } = opened;
    await page.route('**/assets/line-actions-*.js', () => undefined);
    await page.goto(`${running().service.url}/console/settings/cache_size`);
    await page.locator('[data-line="rule-3"]').focus();
    expect(await page.getByRole('button', { name: 'Edit rule 3' }).count()).toBe(0);
    await page.keyboard.press(key);
    await page.getByRole('heading', { name: title, exact: true }).waitFor();
    await opened.close();
  });

  it('cannot type into what is being sent, and goes on where it was', async () => {
    const opened = await running().open('/settings/cache_size?edit=rule-5');
    const { page } = opened;
    const value = page.getByRole('textbox', { name: 'cache_size is' });
    await value.fill('21');
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    await page.route('**/api/v1/rules/5', async (route) => {
      if (route.request().method() !== 'PUT') return route.continue();
      await released;
      return route.fulfill({ status: 503, json: { status: 503, detail: 'not now', code: 'unavailable' } });
    });
    await value.press('Enter');
    await page.getByRole('button', { name: 'Save', exact: true }).and(page.locator('[aria-busy]')).waitFor();
    await page.keyboard.type('99');
    expect(await drawer(page).locator('form :enabled:not(fieldset)').count()).toBe(0);
    release();
    await page.getByText('not now').first().waitFor();
    await value.and(page.locator(':focus')).waitFor();
    expect(await value.inputValue()).toBe('21');
    await opened.close();
  });

  it.each([
    ['a rule', 'rule-5', '/api/v1/rules/5', (value: number) => ({ value })],
    ['a value for everyone', 'everyone', '/api/v1/settings/cache_size/override', (value: number) => ({ value })],
  ])('starts over with what %s is by now, and is not refused once more', async (_, edit, path, body) => {
    const { call } = running().service;
    await call('PUT', path, { body: body(300) });
    const opened = await running().open(`/settings/cache_size?edit=${edit}`);
    const { page } = opened;
    const value = page.getByRole('textbox', { name: 'cache_size is' });
    await value.fill('301');
    await page.reload();
    const startOver = page.getByRole('button', { name: 'Start over' });
    await startOver.waitFor();
    await expectStatus(204, call('PUT', path, { body: body(302) }));
    await save(page).click();
    await page.getByText('value: both of you changed it').waitFor();
    await startOver.click();
    await page.getByText('value: both of you changed it').waitFor({ state: 'detached' });
    expect(await value.inputValue()).toBe('302');
    await value.fill('303');
    const sent = page.waitForResponse((one) => one.request().method() === 'PUT' && !one.url().includes('dry_run'));
    await save(page).click();
    expect((await sent).status()).toBe(204);
    await page.getByText(/^(Changed rule 5|Everyone gets 303)/).waitFor();
    if (edit === 'everyone') await expectStatus(204, call('DELETE', path));
    await opened.close();
  });

  it('is led to the rule that has the same conditions already, and to a value for everyone where there are none', async () => {
    const opened = await running().open('/settings/cache_size?edit=new');
    const { page } = opened;
    await page.getByText('No condition: this would be for everyone.').waitFor();
    expect(await page.getByRole('button', { name: 'Add rule' }).isDisabled()).toBe(true);
    await drawer(page).getByLabel('account', { exact: true }).fill('jim');
    await page.getByText('Rule 2 has exactly these conditions.').waitFor();
    await page.getByRole('button', { name: 'Edit it instead' }).click();
    await page.getByRole('heading', { name: 'Rule 2', exact: true }).waitFor();
    await expectClean(opened);
  });

  it('gives everyone a value in place of the default, and the default back', async () => {
    const opened = await running().open('/settings/cache_size?edit=everyone');
    const { page } = opened;
    await page.getByRole('textbox', { name: 'cache_size is' }).fill('90');
    await page.getByRole('region', { name: 'Who would see another value' }).getByText('60').first().waitFor();
    expect(await opened.axe()).toEqual([]);
    await save(page).click();
    await page.getByText('Everyone gets 90 for cache_size').waitFor();
    expect([await valueFor({}), await valueFor({ account: 'jim' })]).toEqual([90, 50]);
    await page
      .getByRole('button', { name: /^More of rule/ })
      .last()
      .click();
    await page.getByRole('menuitem', { name: /^Delete rule/ }).click();
    await page.getByRole('heading', { name: 'Delete the value for everyone?' }).waitFor();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByText('Took the value for everyone away').waitFor();
    expect(await valueFor({})).toBe(60);
    await expectClean(opened);
  });

  it('replaces no value for everyone that was not seen', async () => {
    const { call } = running().service;
    const opened = await running().open('/settings/cache_size?edit=everyone');
    const { page } = opened;
    const value = page.getByRole('textbox', { name: 'cache_size is' });
    await value.fill('91');
    await expectStatus(201, call('PUT', '/api/v1/settings/cache_size/override', { body: { value: 92 } }));
    await save(page).click();
    await page.getByText('value: both of you changed it').waitFor();
    expect([await save(page).isDisabled(), await valueFor({})]).toEqual([true, 92]);
    await page.getByRole('button', { name: 'Keep mine' }).click();
    await expectStatus(204, call('PUT', '/api/v1/settings/cache_size/override', { body: { value: 93 } }));
    await save(page).click();
    await page.getByRole('row', { name: 'theirs 93' }).waitFor();
    expect(await valueFor({})).toBe(93);
    await page.getByRole('button', { name: 'Keep mine' }).click();
    await save(page).click();
    await page.getByText('Everyone gets 91 for cache_size').waitFor();
    expect(await valueFor({})).toBe(91);
    await expectStatus(204, call('DELETE', '/api/v1/settings/cache_size/override'));
    await opened.close();
  });

  it('loses nothing to another who edits the same rule: what does not collide is merged, the rest is asked', async () => {
    const [ana, ben] = await Promise.all([
      running().open('/settings/cache_size?edit=rule-4'),
      running().open('/settings/cache_size?edit=rule-4'),
    ]);
    const value = (page: Page) => page.getByRole('textbox', { name: 'cache_size is' });
    await Promise.all([value(ana.page).waitFor(), value(ben.page).waitFor()]);
    await value(ben.page).fill('11');
    await save(ben.page).click();
    await ben.page.getByText('Changed rule 4').waitFor();
    // Ana changed the conditions alone.
    await drawer(ana.page).getByLabel('account', { exact: true }).fill('mia');
    await save(ana.page).click();
    await ana.page.getByText('Taken from there, since you had not changed it: value.').waitFor();
    expect(await value(ana.page).inputValue()).toBe('11');
    expect(await ana.axe()).toEqual([]);
    await save(ana.page).click();
    await ana.page.getByText('Changed rule 4').waitFor();
    expect(await valueFor({ account: 'mia', user: 'guest' })).toBe(11);
    // Now both change the value.
    const [first, second] = await Promise.all([
      running().open('/settings/cache_size?edit=rule-4'),
      running().open('/settings/cache_size?edit=rule-4'),
    ]);
    await Promise.all([value(first.page).waitFor(), value(second.page).waitFor()]);
    await value(first.page).fill('12');
    await value(second.page).fill('13');
    await save(first.page).click();
    await first.page.getByText('Changed rule 4').waitFor();
    await save(second.page).click();
    await second.page.getByText('value: both of you changed it').waitFor();
    expect(await save(second.page).isDisabled()).toBe(true);
    expect(await valueFor({ account: 'mia', user: 'guest' })).toBe(12);
    await second.page.getByRole('button', { name: 'Keep mine' }).click();
    await save(second.page).click();
    await second.page.getByText('Changed rule 4').waitFor();
    expect(await valueFor({ account: 'mia', user: 'guest' })).toBe(13);
    for (const { violations, foreign, close } of [ana, ben, first, second]) {
      expect({ violations, foreign }).toEqual({ violations: [], foreign: [] });
      await close();
    }
  });

  it('finds what was typed again after a reload, and is asked once before it is left', async () => {
    const opened = await running().open('/settings/cache_size?edit=rule-3');
    const { page } = opened;
    const value = page.getByRole('textbox', { name: 'cache_size is' });
    await value.fill('222');
    await page.reload();
    await page.getByText('You began this before.').waitFor();
    expect(await value.inputValue()).toBe('222');
    // What another changes meanwhile is no change of who comes back to it.
    await running().service.call('PUT', '/api/v1/rules/3', {
      body: { feature_values: { account: 'jim', user: 'root' } },
    });
    await page.reload();
    await save(page).click();
    await page.getByText('Taken from there, since you had not changed it: where.').waitFor();
    await running().service.call('PUT', '/api/v1/rules/3', {
      body: { feature_values: { account: 'jim', user: 'admin' } },
    });
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { name: 'Leave without saving?' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Rule 3', exact: true }).waitFor({ state: 'detached' });
    expect(await valueFor({ account: 'jim', user: 'admin' })).toBe(200);
    // A refused write is told in the browser's console too.
    expect(opened.errors.filter((error) => !error.includes('412'))).toEqual([]);
    await opened.close();
  });

  it('writes metadata of any kind with the rest of a rule, in one write', async () => {
    const { call } = running().service;
    const rule = { setting: 'cache_size', feature_values: { user: 'meta' }, value: 5, metadata: { team: 'web', n: 1 } };
    const { body } = await expectStatus(201, call('POST', '/api/v1/rules', { body: rule }));
    const path = `/api/v1/rules/${(body as { rule_id: number }).rule_id}`;
    const read = async () => (await call('GET', path)).body;
    const opened = await running().open(`/settings/cache_size?edit=rule-${(body as { rule_id: number }).rule_id}`);
    const { page } = opened;
    const entry = (name: string) => drawer(page).getByRole('group', { name, exact: true });
    await entry('team').getByLabel('Value', { exact: true }).fill('core');
    await drawer(page).getByRole('button', { name: 'Add a key' }).click();
    await entry('the new key').getByLabel('Key', { exact: true }).fill('ratio');
    await entry('ratio').getByRole('combobox', { name: /^Kind/ }).selectOption('number');
    await entry('ratio').getByLabel('Value', { exact: true }).fill('none');
    await entry('ratio').getByText('must be a number').waitFor();
    expect(await save(page).isDisabled()).toBe(true);
    await entry('ratio').getByLabel('Value', { exact: true }).fill('0.50');
    await entry('n').getByRole('button', { name: 'Remove n' }).click();
    await page.getByRole('textbox', { name: 'cache_size is' }).fill('6');
    expect(await opened.axe()).toEqual([]);
    const writes: string[] = [];
    page.on('request', (one) => one.method() === 'PUT' && !one.url().includes('dry_run') && writes.push(one.url()));
    await save(page).click();
    await page.getByText(/^Changed rule/).waitFor();
    expect(await read()).toMatchObject({ value: 6, metadata: { team: 'core', ratio: 0.5 } });
    expect((await call('GET', path)).text).toContain('0.50');
    expect(writes.length).toBe(1);
    await expectStatus(204, call('DELETE', path));
    await expectClean(opened);
  });

  it('keeps a number as it was spelled when something else is changed', async () => {
    const { call } = running().service;
    const declaration = { name: 'ratio', type: 'float', default_value: 1, configurable_features: ['user'] };
    await call('POST', '/api/v1/settings/declare', { body: declaration });
    const made = await call('POST', '/api/v1/rules', {
      body: '{"setting": "ratio", "feature_values": {"user": "bob"}, "value": 70.0}',
    });
    const id = (made.body as { rule_id: number }).rule_id;
    const opened = await running().open(`/settings/ratio?edit=rule-${id}`);
    const { page } = opened;
    await drawer(page).getByLabel('user', { exact: true }).fill('eve');
    expect(await page.getByRole('textbox', { name: 'ratio is' }).inputValue()).toBe('70.0');
    await save(page).click();
    await page.getByText(`Changed rule ${id}`).waitFor();
    expect((await call('GET', `/api/v1/rules/${id}`)).text).toContain('"value":70.0');
    await expectClean(opened);
  });
});
