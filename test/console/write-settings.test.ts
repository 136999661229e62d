import { describeConsole, type OpenPage, useConsole } from '../support/console/console.js';
import { tabTo, typeOver } from '../support/console/keyboard.js';
import { addReadmeData } from '../support/console/readme-data.js';
import { expectStatus } from '../support/service/service.js';

describeConsole('who declares settings and orders context features', () => {
  const running = useConsole({ HEKSHER_CONSOLE_ENVIRONMENT: 'production' }, ({ call }) => addReadmeData(call));

  async function read(path: string): Promise<unknown> {
    return (await running().service.call('GET', `/api/v1/${path}`)).body;
  }

  async function expectClean({ page, axe, violations, foreign, errors, close }: OpenPage): Promise<void> {
    // What stands below the header of a page that is scrolled cannot be pressed there, and need not be.
    await page.evaluate('scrollTo(0, 0)');
    expect(await axe()).toEqual([]);
    expect({ violations, foreign, errors }).toEqual({ violations: [], foreign: [], errors: [] });
    await close();
  }

  it('declares one by the keyboard alone, of a type that is built or written', async () => {
    const opened = await running().open('/settings/new');
    const { page } = opened;
    await tabTo(page, page.getByRole('textbox', { name: 'Name' }));
    await page.keyboard.type('cache_size');
    await page.getByText('There is such a setting already').waitFor();
    await typeOver(page, 'web.limits');
    await tabTo(page, page.getByRole('textbox', { name: 'As text' }));
    await typeOver(page, 'Mapping<int>');
    await tabTo(page, page.getByRole('button', { name: 'Add a key' }));
    await page.keyboard.press('Enter');
    await tabTo(page, page.getByRole('textbox', { name: 'Key 1' }), 'Shift+Tab');
    await page.keyboard.type('free');
    await tabTo(page, page.getByRole('textbox', { name: 'Value of "free"' }));
    await page.keyboard.type('3');
    await tabTo(page, page.getByRole('checkbox', { name: 'user' }));
    await page.keyboard.press('Space');
    await tabTo(page, page.getByRole('textbox', { name: 'Owner' }));
    await page.keyboard.type('web');
    expect(await opened.axe()).toEqual([]);
    await page.getByRole('button', { name: 'Declare', exact: true }).isEnabled();
    await page.getByText('Looking whether the name is free…').waitFor({ state: 'detached' });
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'web.limits', level: 1 }).waitFor();
    expect(await read('settings/web.limits')).toMatchObject({
      type: 'Mapping<int>',
      default_value: { free: 3 },
      configurable_features: ['user'],
      metadata: { owner: 'web' },
      version: '1.0',
    });
    await expectClean(opened);
  });

  it('changes a definition at the smallest version that may say so, after it was read what follows', async () => {
    const opened = await running().open('/settings/cache_size/definition');
    const { page } = opened;
    expect(await opened.axe()).toEqual([]);
    await tabTo(page, page.getByRole('button', { name: 'Change', exact: true }));
    await page.keyboard.press('Enter');
    await tabTo(page, page.getByRole('textbox', { name: 'Default' }));
    await typeOver(page, '65');
    await page.getByText('the default changes (minor)').waitFor();
    expect(await page.getByRole('button', { name: 'Declare 1.1' }).isDisabled()).toBe(true);
    await tabTo(page, page.getByRole('checkbox', { name: 'I have read what follows' }));
    await page.keyboard.press('Space');
    await tabTo(page, page.getByRole('button', { name: 'Declare 1.1' }));
    await page.keyboard.press('Enter');
    await page.getByText('cache_size is at version 1.1').waitFor();
    expect(await read('settings/cache_size')).toMatchObject({ default_value: 65, version: '1.1' });
    await expectClean(opened);
  });

  it('puts nothing back that was declared anew while it was edited', async () => {
    const { call } = running().service;
    const opened = await running().open('/settings/cache_size/definition?edit=definition');
    const { page } = opened;
    await page.getByRole('textbox', { name: 'Description' }).fill('Pages kept');
    await page.getByText('the metadata changes').waitFor();
    const declaration = await read('settings/cache_size');
    await expectStatus(
      200,
      call('POST', '/api/v1/settings/declare', {
        body: { ...(declaration as object), name: 'cache_size', default_value: 66, version: '1.2' },
      }),
    );
    // Also where the page is left and come back to.
    await page.reload();
    await page.getByText('Taken from there, since you had not changed it: the default.').waitFor();
    expect(await page.getByRole('textbox', { name: 'Default' }).inputValue()).toBe('66');
    await page.getByRole('checkbox', { name: 'I have read what follows' }).check();
    await page.getByRole('button', { name: 'Declare 1.3' }).click();
    await page.getByText('cache_size is at version 1.3').waitFor();
    expect(await read('settings/cache_size')).toMatchObject({
      default_value: 66,
      metadata: { description: 'Pages kept' },
    });
    await expectClean(opened);
  });

  it('renames one, which leaves an alias, and deletes one by typing its name', async () => {
    const opened = await running().open('/settings/web.new_checkout/definition?edit=rename');
    const { page } = opened;
    await page.getByRole('textbox', { name: 'New name' }).fill('web.checkout');
    await page.getByRole('button', { name: 'Rename', exact: true }).last().click();
    await page.getByRole('heading', { name: 'web.checkout', level: 1 }).waitFor();
    expect(await read('settings/web.new_checkout')).toMatchObject({
      name: 'web.checkout',
      aliases: ['web.new_checkout'],
    });
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    const doing = page.getByRole('alertdialog').getByRole('button', { name: 'Delete', exact: true });
    expect(await doing.isDisabled()).toBe(true);
    await page.getByRole('textbox', { name: 'Type web.checkout to go on' }).fill('web.checkout');
    expect(await opened.axe()).toEqual([]);
    await doing.click();
    await page.getByText('Deleted web.checkout').waitFor();
    const { status } = await running().service.call('GET', '/api/v1/settings/web.checkout');
    expect(status).toBe(404);
    await opened.close();
  });

  it('reviews another order of the context features before it holds', async () => {
    const opened = await running().open('/features');
    const { page } = opened;
    expect(await opened.axe()).toEqual([]);
    await tabTo(page, page.getByRole('button', { name: 'Move theme up' }));
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await page.getByText('theme is at place 1 of 3').waitFor({ state: 'attached' });
    expect(await read('context_features')).toEqual({ context_features: ['account', 'user', 'theme'] });
    await tabTo(page, page.getByRole('button', { name: 'Review' }));
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Move theme first?' }).waitFor();
    await page.getByText('Asking the service…').waitFor({ state: 'detached' });
    expect(await opened.axe()).toEqual([]);
    await tabTo(page, page.getByRole('textbox', { name: 'Type theme to go on' }));
    await page.keyboard.type('theme');
    await tabTo(page, page.getByRole('button', { name: 'Move', exact: true }));
    await page.keyboard.press('Enter');
    await page.getByText('Moved theme first').waitFor();
    expect(await read('context_features')).toEqual({ context_features: ['theme', 'account', 'user'] });
    await expectClean(opened);
  });

  it('adds a context feature, and is told which settings stand against deleting one', async () => {
    const opened = await running().open('/features');
    const { page } = opened;
    await page.getByRole('button', { name: 'Add a context feature' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('region');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText('Added region').waitFor();
    await page.getByRole('button', { name: 'Delete user' }).click();
    await page
      .getByText(/cache_size/)
      .first()
      .waitFor();
    expect(await page.getByRole('alertdialog').getByRole('button', { name: 'Delete', exact: true }).isDisabled()).toBe(
      true,
    );
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Delete region' }).click();
    await page.getByText('No setting is configurable by it').waitFor();
    await page.getByRole('textbox', { name: 'Type region to go on' }).fill('region');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByText('Deleted region').waitFor();
    expect(await read('context_features')).toMatchObject({
      context_features: expect.not.arrayContaining(['region']) as string[],
    });
    await opened.close();
  });
});
