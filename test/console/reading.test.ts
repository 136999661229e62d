import { describeConsole, useConsole } from '../support/console/console.js';
import { addReadmeData } from '../support/console/readme-data.js';
import { addRollout, declare, expectStatus } from '../support/service/service.js';

describeConsole('what one looks for', () => {
  const running = useConsole({}, async ({ call, database }) => {
    await addReadmeData(call);
    await declare(call, { name: 'mail.relay', type: 'str', default_value: 'smtp://10.0.0.7:25' });
    await database.sql(
      `update heksher_changes set at = at - interval '2 days' where setting is distinct from 'mail.relay'`,
    );
  });

  it('is found by value, by when it was changed, and by having no owner: typed, clicked, and in the address', async () => {
    const opened = await running().open('/settings?q=value:"10.0.0.7"');
    const { page, errors } = opened;
    await page.getByText('1 found').waitFor();
    await page.getByRole('link', { name: 'mail.relay' }).waitFor();
    const filter = page.getByRole('searchbox', { name: 'Filter settings' });
    await filter.fill('value:200');
    await page.getByRole('link', { name: 'cache_size' }).waitFor();
    await page.getByText('1 found').waitFor();
    await page.getByRole('button', { name: 'Remove the filter value: 200' }).click();
    await page.getByText('3 found').waitFor();
    await page.getByRole('button', { name: 'Changed', exact: true }).first().click();
    await page
      .getByRole('menuitemcheckbox', { name: '24h' })
      .or(page.getByRole('menuitem', { name: '24h' }))
      .click();
    await page.getByText('1 found').waitFor();
    await page.waitForURL(/q=changed:24h/);
    expect(await filter.inputValue()).toBe('changed:24h');
    await filter.fill('no:owner');
    await page.getByText('1 found').waitFor();
    await page.getByRole('link', { name: 'mail.relay' }).waitFor();
    await filter.fill('');
    await page.getByText('3 found').waitFor();
    await page.getByRole('row', { name: /cache_size.*2 days ago \w+$/ }).waitFor();
    await page.goto(`${running().service.url}/console/settings?sort=-changed`);
    await page.getByRole('row', { name: /mail\.relay.*(just now|ago) \w+$/ }).waitFor();
    const rows = page.getByRole('row').filter({ has: page.getByRole('cell') });
    expect(await rows.first().textContent()).toContain('mail.relay');
    expect(await opened.axe()).toEqual([]);
    expect(errors).toEqual([]);
    await opened.close();
  });

  it('is mine by teams that I name, and was opened in this tab; nobody owns the rest', async () => {
    const opened = await running().open('/settings/mail.relay');
    const { page } = opened;
    await page.getByRole('heading', { level: 1, name: 'mail.relay' }).waitFor();
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('heading', { name: 'Mine' }).waitFor();
    const mine = page.locator('section', { has: page.getByRole('heading', { name: 'Mine' }) });
    await mine.getByRole('link', { name: 'mail.relay' }).waitFor();
    await mine.getByRole('textbox', { name: 'Also mine, by owner' }).fill('rendering, nobody');
    await mine.getByRole('link', { name: 'cache_size' }).waitFor();
    await mine.getByText('0 settings').waitFor();
    await page.reload();
    await mine.getByRole('link', { name: 'cache_size' }).waitFor();
    expect(await opened.axe()).toEqual([]);
    await page.getByRole('link', { name: '1 setting has no owner' }).click();
    await page.getByText('1 found').waitFor();
    await page.getByRole('link', { name: 'mail.relay' }).waitFor();
    await opened.close();
  });

  it('as a context is kept under a name in this browser, chosen elsewhere, and given on as text', async () => {
    const opened = await running().open('/settings/cache_size?ctx=account:jim,user:admin');
    const { page, errors } = opened;
    await page.getByRole('button', { name: 'Saved contexts' }).click();
    await page.getByRole('textbox', { name: /^Keep account:jim,user:admin/ }).fill("jim's admin");
    await page.getByRole('button', { name: 'Keep', exact: true }).click();
    await page.getByRole('button', { name: /^jim's admin/ }).waitFor();
    expect(await opened.axe()).toEqual([]);
    await page.goto(`${running().service.url}/console/try`);
    await page.getByRole('button', { name: 'Saved contexts' }).click();
    await page.getByRole('button', { name: /^jim's admin/ }).click();
    await page.waitForURL(/ctx=account:jim,user:admin/);
    await page.goto(`${running().service.url}/console/settings?ctx=-`);
    await page.getByRole('button', { name: 'Saved contexts' }).click();
    await page.getByText('As text').click();
    const text = page.getByRole('textbox', { name: 'All contexts as text' });
    expect(await text.inputValue()).toBe("jim's admin = account:jim,user:admin");
    await text.fill('guests = user:guest\nno context');
    await page.getByText('No context: no context').waitFor();
    expect(await page.getByRole('button', { name: 'Keep these' }).isDisabled()).toBe(true);
    await text.fill('guests = user:guest');
    await page.getByRole('button', { name: 'Keep these' }).click();
    await page.getByRole('button', { name: /^guests/ }).click();
    await page.getByRole('row', { name: /cache_size.*10.*rule 4/ }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Saved contexts' }).click();
    await page.getByRole('button', { name: 'Forget guests' }).click();
    await page.getByText('None yet').waitFor();
    expect(errors).toEqual([]);
    await opened.close();
  });

  it('who reads a setting is said to be unknown, with the programs that said who they are', async () => {
    const { url, call } = running().service;
    const opened = await running().open('/settings/cache_size/definition');
    const { page } = opened;
    await page.getByText('Nor has any program said who it is').waitFor();
    const { headers } = await expectStatus(
      200,
      call('GET', '/api/v1/query', { headers: { 'Heksher-Client': 'shop/pod-7' } }),
    );
    const serving = { 'Heksher-Serving': headers.get('heksher-revision') ?? '' };
    for (const [client, more] of [
      ['shop/pod-7', serving],
      ['shop/pod-8', {}],
    ] as const)
      await expectStatus(200, call('GET', '/api/v1/query', { headers: { 'Heksher-Client': client, ...more } }));
    await page.goto(`${url}/console/settings/cache_size/definition`);
    await page.getByText('1 of 2 serve the present revision').waitFor();
    expect(await opened.axe()).toEqual([]);
    await page.goto(`${url}/console/settings/cache_size/definition?asof=12`);
    await page.getByText('known of the present only').waitFor();
    await opened.close();
  });

  it('moves or was left, with how long', async () => {
    const { call, database } = running().service;
    const ramp = { from: 10, to: 90, start: at(-24), end: at(73) };
    await addRollout(call, 'cache_size', { ramp, value: 80 });
    await expectStatus(204, call('PATCH', '/api/v1/rollouts/1', { body: { enabled: false } }));
    await database.sql(`update heksher_changes set at = now() - interval '40 days' where setting = 'web.new_checkout'`);
    const opened = await running().open('');
    const { page, errors } = opened;
    await page.getByText('50 % tomorrow, 90 % in 3 days').waitFor();
    const left = page.getByRole('list', { name: 'Rollouts left as they are' }).getByRole('listitem');
    await left.first().waitFor();
    expect(await left.allInnerTexts()).toEqual(['web.new_checkout off, untouched since last month']);
    expect(await opened.axe()).toEqual([]);
    expect(errors).toEqual([]);
    await opened.close();
  });
});

function at(hours: number): string {
  return new Date(Date.now() + hours * 3_600_000).toISOString();
}
