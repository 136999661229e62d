import { type Page } from 'playwright-core';
import { describeConsole, useConsole } from '../support/console/console.js';
import { addFeatures, addRollout, addRule, declare, expectStatus } from '../support/service/service.js';

const LONGEST = 255;
const SETTING = `billing.v2.${'limit_of_an_invoice.'.repeat(13)}`.slice(0, LONGEST - 1).concat('s');
const FEATURE = `region_${'w'.repeat(LONGEST - 7)}`;
const LONG = 'v'.repeat(LONGEST);
const HEBREW = 'משתמש.אחד-1';
const ARABIC = 'حساب@شركة.2';
/** With neutrals at both ends, which stand at the wrong side where the direction is another. */
const TEXT = '(שלום, עולם!)';
const WIDTHS = [320, 1280] as const;

const address = (part: string): string => encodeURIComponent(part);
const PAGE = `/settings/${SETTING}`;
const TRIED = `?ctx=${address(`user:${HEBREW},${FEATURE}:${LONG}`)}&vs=${address(`user:${ARABIC}`)}`;

const SCREENS = [
  ['the overview', ''],
  ['the list', `/settings?cols=name,type,default,features,aliases,changed,meta.owner`],
  ['the list with values', `/settings?ctx=${address(`user:${HEBREW}`)}`],
  ['the setting', PAGE],
  ['the setting with contexts', `${PAGE}${TRIED}`],
  ['a rollout', `${PAGE}/rollouts/1`],
  ['the history', `${PAGE}/history`],
  ['the definition', `${PAGE}/definition`],
  ['contexts', `/try${TRIED}`],
  ['a Hebrew value', `/values/user/${address(HEBREW)}`],
  ['a long value', `/values/${FEATURE}/${LONG}`],
  ['rollouts', '/rollouts'],
  ['context features', '/features'],
  ['findings', '/findings'],
  ['changes', '/changes'],
] as const;

describeConsole('names with dots, of 255 characters, and from right to left', () => {
  const running = useConsole({}, async ({ call }) => {
    await addFeatures(call, 'user', FEATURE);
    const about = { description: TEXT, owner: 'צוות-חיוב' };
    const configurable = { configurable_features: ['user', FEATURE] };
    await declare(call, {
      name: SETTING,
      type: 'str',
      default_value: 'x'.repeat(400),
      metadata: about,
      ...configurable,
    });
    await addRule(call, SETTING, { user: HEBREW }, TEXT, { note: TEXT });
    await addRule(call, SETTING, { user: HEBREW, [FEATURE]: LONG }, `${LONG}${LONG}`, { note: LONG });
    await addRule(call, SETTING, { user: ARABIC }, 'أهلا.');
    // Repeats the default: a finding.
    await addRule(call, SETTING, { [FEATURE]: LONG }, 'x'.repeat(400));
    await addRollout(call, SETTING, { percentage: 20, value: TEXT, feature_values: { [FEATURE]: HEBREW } });
    await expectStatus(200, call('GET', `/api/v1/settings/${SETTING}`));
  });

  it.each(SCREENS.flatMap(([name, path]) => WIDTHS.map((width) => [name, width, path] as const)))(
    '%s at %i pixels is not scrolled sideways',
    async (_, width, path) => {
      const { page, errors, close } = await running().open(path, { viewport: { width, height: 900 } });
      await page.getByRole('heading', { level: 1 }).waitFor();
      expect({ tooWide: await tooWide(page), errors }).toEqual({ tooWide: [], errors: [] });
      await close();
    },
  );

  it('the list is not scrolled sideways where it is between a table and cards', async () => {
    for (const width of [920, 1161]) {
      const { page, close } = await running().open(SCREENS[2][1], { viewport: { width, height: 900 } });
      expect(await tooWide(page)).toEqual([]);
      await close();
    }
  });

  it.each(WIDTHS)('are found, opened, tried and changed at %i pixels', async (width) => {
    const { page, errors, quiet, close } = await running().open('/settings', { viewport: { width, height: 900 } });
    await page.keyboard.press('/');
    await page.keyboard.type('v2.limit_of');
    await page.getByText('1 found').waitFor();
    await page.getByRole('link', { name: SETTING }).click();
    await page.getByRole('heading', { level: 1, name: SETTING }).waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: /^Search settings/ }).fill(`user=${HEBREW}`);
    await page
      .getByRole('option', { name: new RegExp(HEBREW) })
      .first()
      .waitFor();
    expect(await tooWide(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: `user ${HEBREW}` }).waitFor();
    await page.getByRole('link', { name: SETTING }).first().click();
    await page.locator('[data-line="rule-1"]').focus();
    await page.keyboard.press('e');
    const value = page.getByRole('textbox', { name: `${SETTING} is` });
    const changed = `${TEXT} ${width}`;
    await value.fill(changed);
    await quiet();
    expect(await tooWide(page)).toEqual([]);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Changed rule 1').waitFor();
    const body = { context: { user: HEBREW }, settings: [SETTING] };
    const answer = await running().service.call('POST', '/api/v1/evaluate', { body });
    expect(answer.body).toMatchObject({ settings: { [SETTING]: { value: changed } } });
    expect(errors).toEqual([]);
    await close();
  });

  it('each has its own direction, and what is beside it stays where it is', async () => {
    const { page, close } = await running().open(`${PAGE}${TRIED.replace(/&vs=.*/, '')}`);
    await page.locator('[data-line="rule-1"]').waitFor();
    expect(await notIsolated(page)).toEqual([]);
    const field = page.getByRole('complementary', { name: 'Try a context' }).getByLabel('user', { exact: true });
    await field.focus();
    expect(await page.evaluate('getComputedStyle(document.activeElement).direction')).toBe('rtl');
    await close();
  });

  it.each(['/rollouts', `/values/user/${address(HEBREW)}`, '/changes', `${PAGE}/history`, '/settings', '/findings'])(
    '%s sets the directions of what it shows apart',
    async (path) => {
      const { page, close } = await running().open(path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      expect(await notIsolated(page)).toEqual([]);
      await close();
    },
  );
});

/** What makes the page wider than its window, outermost first. */
async function tooWide(page: Page): Promise<readonly string[]> {
  return page.evaluate<string[]>(`(() => {
    const { clientWidth, scrollWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const wide = [...document.body.querySelectorAll('*')].filter((one) => one.getBoundingClientRect().right > clientWidth + 1);
    return wide.map((one) => one.tagName + '.' + one.getAttribute('class') + ' ' + one.getBoundingClientRect().right).slice(0, 12);
  })()`);
}

/** Seen texts with letters from right to left whose nearest box neither isolates them nor follows their own direction. */
async function notIsolated(page: Page): Promise<readonly string[]> {
  return page.evaluate<string[]>(`(() => {
    const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) {
      const { data, parentElement } = walker.currentNode;
      if (!/[\\u0590-\\u06ff]/.test(data) || parentElement.closest('datalist, .visually-hidden')) continue;
      let box = parentElement;
      while (getComputedStyle(box).display === 'inline' && getComputedStyle(box).unicodeBidi === 'normal') box = box.parentElement;
      const { unicodeBidi } = getComputedStyle(box);
      const isOwn = unicodeBidi === 'plaintext' || box.matches('bdi, [dir=auto]');
      if (!isOwn) found.push(box.tagName + '.' + box.className + ' ' + data.slice(0, 40));
    }
    return found;
  })()`);
}
