import { describeConsole, useConsole } from '../support/console/console.js';
import { addReadmeData } from '../support/console/readme-data.js';
import { withPrefix } from '../support/console/prefix.js';

describeConsole('the list of settings', () => {
  const running = useConsole({}, ({ call }) => addReadmeData(call));

  async function expectList(url?: string): Promise<void> {
    const opened = await running().open('/settings', url === undefined ? {} : { url });
    const { page, violations, foreign, errors } = opened;
    await page.getByRole('link', { name: 'web.new_checkout' }).click();
    await page.getByRole('heading', { name: 'web.new_checkout', level: 1 }).waitFor();
    expect(new URL(page.url()).pathname).toMatch(/\/console\/settings\/web\.new_checkout$/);
    // A name with a dot is no file: the same address opens by itself.
    await page.reload();
    await page.getByRole('heading', { name: 'web.new_checkout', level: 1 }).waitFor();
    expect(await opened.axe()).toEqual([]);
    await opened.go('/settings');
    await page.getByRole('link', { name: 'cache_size' }).waitFor();
    expect(await opened.axe()).toEqual([]);
    expect({ violations, foreign, errors }).toEqual({ violations: [], foreign: [], errors: [] });
    await opened.close();
  }

  it('opens at the root without a fault, a violation or a request to elsewhere', () => expectList());

  it('opens below a prefix that a gateway takes away and says nothing of', () =>
    withPrefix(running().service.url, '/ops/heksher', expectList));
});

describeConsole('what an operator says of the console', () => {
  const running = useConsole({
    HEKSHER_CONSOLE_ENVIRONMENT: 'production',
    HEKSHER_CONSOLE_ENVIRONMENT_COLOR: '#b42318',
    HEKSHER_CONSOLE_BANNER: 'Changes freeze on Friday.',
    HEKSHER_CONSOLE_READ_ONLY: 'true',
    HEKSHER_CONSOLE_READ_ONLY_REASON: 'Changes are made by pull request.',
  });

  it('stands on every page', async () => {
    const { page, close, violations, axe } = await running().open('/rollouts');
    await page.getByText('production').waitFor();
    await page.getByText('Changes freeze on Friday.').waitFor();
    await page.getByText('Read-only: Changes are made by pull request.').waitFor();
    expect(await axe()).toEqual([]);
    expect(violations).toEqual([]);
    await close();
  });
});
