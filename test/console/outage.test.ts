import { describeConsole, useConsole } from '../support/console/console.js';
import { addReadmeData } from '../support/console/readme-data.js';

describeConsole('when the service does not answer', () => {
  const running = useConsole({}, ({ call }) => addReadmeData(call));

  it('what was read stays, a band says since when, and goes when it answers again', async () => {
    const { page, close } = await running().open('/settings/cache_size');
    await page.route('**/api/**', (route) => route.abort());
    await page.getByRole('combobox', { name: 'account' }).fill('jim');
    await page.getByText('The service does not answer. What you see is as of').waitFor();
    await page.getByRole('row').filter({ hasText: 'admin' }).waitFor();
    await page.unroute('**/api/**');
    await page.getByRole('combobox', { name: 'user' }).fill('bob');
    await page.getByText('decides', { exact: true }).waitFor();
    await page.getByText('The service does not answer.').first().waitFor({ state: 'detached' });
    await close();
  });

  it('that answers are old is said while the database is away', async () => {
    const { page, close } = await running().open('/settings/cache_size');
    await page.route('**/api/v1/evaluate', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, headers: { ...response.headers(), 'heksher-stale': '14' } });
    });
    await page.getByRole('combobox', { name: 'account' }).fill('jim');
    await page.getByText('Answers are 14 s old: the database does not answer.').waitFor();
    await close();
  });

  it('a page that cannot even be told where it is says so, and tries again', async () => {
    const { browser, service } = running();
    const page = await browser.newPage();
    await page.route('**/config.json', (route) => route.abort());
    await page.goto(`${service.url}/console/settings`);
    await page.getByRole('button', { name: 'Try again' }).waitFor();
    await page.unroute('**/config.json');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('link', { name: 'cache_size' }).waitFor();
    await page.close();
  });
});
