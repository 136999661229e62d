import { setTimeout as pause } from 'node:timers/promises';
import { type Page } from 'playwright-core';
import { type Measurement } from '../bench.js';
import { openBrowser, tasksDuring } from '../browser.js';
import { type Extent, HUGE } from '../extents.js';
import { type Finding, measured } from '../finding.js';
import { insertHugeSetting, insertSettings } from '../load-by-sql.js';
import { startService } from '../service.js';

const LISTED: Extent = { settings: 5_000, rules: 10_000, users: 1_000 };
const LIMIT_MS = 100;

/** A turn of a wheel each so often, so many of them. */
const WHEEL_MS = 40;
const TURNS = 100;
/** At least; more come from the service as one scrolls. */
const ROWS_SEEN = 300;
const KEY_MS = 80;
/** The answer to the last key comes within this. */
const SETTLED_MS = 1_000;

type Doing = Readonly<{
  name: string;
  what: string;
  path: string;
  ready: string;
  act: (page: Page) => Promise<unknown>;
}>;

const DOINGS: readonly Doing[] = [
  {
    name: 'console-tasks-scroll',
    what: 'the list of 5 000 settings is scrolled',
    path: '/settings',
    ready: '[role="row"] >> nth=20',
    act: async (page) => {
      await page.mouse.move(700, 500);
      for (let turn = 0; turn < TURNS; turn += 1) {
        await page.mouse.wheel(0, 1_200);
        await pause(WHEEL_MS);
      }
      const last = Number(await page.getByRole('row').last().getAttribute('aria-rowindex'));
      if (!(last > ROWS_SEEN)) throw new Error(`the list was scrolled to row ${last} only`);
    },
  },
  {
    name: 'console-tasks-type-list',
    what: 'a context is typed above the list of 5 000 settings',
    path: '/settings?ctx=-',
    ready: '[role="row"] >> nth=20',
    act: async (page) => {
      const isAnswered = page.waitForResponse((answer) => {
        const sent = answer.request().postData() ?? '';
        return sent.includes('user_43') && sent.includes('dark');
      });
      await typeContext(page);
      await isAnswered;
    },
  },
  {
    name: 'console-tasks-type-setting',
    what: 'a context is typed beside a setting of 100 000 rules, of which 10 000 are listed',
    path: `/settings/${HUGE.name}`,
    ready: 'tr[data-line="default"]',
    act: async (page) => {
      await typeContext(page);
      // The line itself may be out of sight.
      await page
        .getByText(/^rule \d+ decides/)
        .first()
        .waitFor();
    },
  },
  {
    name: 'console-tasks-type-part',
    what: 'a context is begun that each of those 10 000 lines could decide for',
    path: `/settings/${HUGE.name}`,
    ready: 'tr[data-line="default"]',
    act: async (page) => {
      await typeContext(page, [['theme', 'dark']]);
      await page.getByText('Could also be').waitFor();
    },
  },
];

/** What people do in the console, in a real browser: the longest task of the page, for which it does not answer. */
export const consoleTasks: Measurement = {
  name: 'console-tasks',
  async measure({ scope, effort, fixtures }) {
    const browser = await openBrowser(scope);
    const database = await fixtures.copy(scope, await fixtures.empty());
    await insertSettings(scope, database, LISTED);
    await insertHugeSetting(scope, database, { ...HUGE, members: 1 });
    const { url } = await startService(scope, database);
    const findings: Finding[] = [];
    for (const { name, what, path, ready, act } of DOINGS) {
      const longest: number[] = [];
      let count = 0;
      for (let turn = 0; turn < effort.repeats; turn += 1) {
        const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
        page.setDefaultTimeout(120_000);
        await page.goto(`${url}/console${path}`);
        await page.locator(ready).waitFor();
        const tasks = await tasksDuring(browser, page, () => act(page));
        longest.push(Math.max(...tasks));
        count += tasks.length;
        await page.close();
      }
      const about = { name, what: `the longest task of the page while ${what}`, unit: 'ms' };
      const notes = [
        `the longest of each of ${longest.length} pages: ${longest.map((ms) => ms.toFixed(0)).join(', ')} ms, of ${count} tasks`,
      ];
      findings.push(
        measured({ ...about, bar: { of: 'figure', is: 'at most', limit: LIMIT_MS }, notes }, [Math.max(...longest)]),
      );
    }
    return findings;
  },
};

type Values = readonly (readonly [feature: string, value: string])[];

const CONTEXT: Values = [
  ['user', 'user_43'],
  ['theme', 'dark'],
];

async function typeContext(page: Page, values = CONTEXT): Promise<void> {
  for (const [feature, value] of values) {
    await page.getByRole('combobox', { name: feature, exact: true }).focus();
    await page.keyboard.type(value, { delay: KEY_MS });
  }
  await pause(SETTLED_MS);
}
