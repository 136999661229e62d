import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { describeConsole, type OpenOptions, useConsole } from '../support/console/console.js';
import { addReadmeData } from '../support/console/readme-data.js';
import { REPOSITORY } from '../support/repository.js';
import { addRollout, addRule } from '../support/service/service.js';

const FOLDER = `${REPOSITORY}docs/console/`;
const LIGHT: OpenOptions = { viewport: { width: 1280, height: 720 }, colorScheme: 'light' };
const DARK: OpenOptions = { ...LIGHT, colorScheme: 'dark' };
const NARROW: OpenOptions = { viewport: { width: 360, height: 720 }, colorScheme: 'light' };

/** What docs/console.md and README.md show: a name, the address, how it is opened, and what must be there before the picture is taken. */
const PICTURES: readonly (readonly [name: string, path: string, options: OpenOptions, shows: string])[] = [
  ['overview', '', LIGHT, 'Lately'],
  ['settings', '/settings', LIGHT, 'web.new_checkout'],
  ['try', '/settings/cache_size?ctx=account:jim,user:bob', LIGHT, 'decides'],
  ['could-be', '/settings/cache_size?ctx=account:jim', LIGHT, 'Could also be'],
  ['compare-dark', '/settings/cache_size?ctx=account:jim&vs=user:guest,theme:dark;user:ann', DARK, 'decides for C'],
  ['value', '/values/account/jim', LIGHT, 'What it gets'],
  ['rollouts', '/rollouts', LIGHT, 'listed'],
  ['narrow', '/settings/cache_size?ctx=account:jim,user:bob', NARROW, 'decides'],
];

/** They are written only on request, `npm run console:pictures`: each differs a little by the fonts of the machine. */
const isWriting = (process.env['HEKSHER_TEST_PICTURES'] ?? '') !== '';

describeConsole('the pictures of docs/console.md', () => {
  const running = useConsole({ HEKSHER_CONSOLE_ENVIRONMENT: 'trying out' }, async ({ call }) => {
    await addReadmeData(call);
    await addRollout(call, 'cache_size', { percentage: 20, value: 80 });
    await addRule(call, 'cache_size', { account: 'mia' }, 60, { note: 'kept from the pilot' });
  });

  it.each(PICTURES)('%s can be taken', async (name, path, options, shows) => {
    const { page, errors, close } = await running().open(path, options);
    await page.getByText(shows).first().waitFor();
    if (isWriting) await mkdir(FOLDER, { recursive: true });
    const picture = await page.screenshot(isWriting ? { path: `${FOLDER}${name}.png` } : {});
    expect(picture.length).toBeGreaterThan(10_000);
    expect(errors).toEqual([]);
    await close();
  });

  it('are all shown, and no other is', async () => {
    const text = await readFile(`${REPOSITORY}docs/console.md`, 'utf8');
    const shown = [...text.matchAll(/\]\(console\/([\w-]+)\.png\)/g)].map(([, name]) => name);
    expect([...new Set(shown)].sort()).toEqual(PICTURES.map(([name]) => name).sort());
    for (const name of shown) expect(existsSync(`${FOLDER}${name}.png`)).toBe(true);
  });
});
