import { makeKey } from '../../apps/heksher/src/modules/access/api-key.js';
import { describeConsole, useConsole } from '../support/console/console.js';
import { tabTo, typeOver } from '../support/console/keyboard.js';
import { addReadmeData } from '../support/console/readme-data.js';
import { type Call, declare, expectStatus } from '../support/service/service.js';

const ADMIN = makeKey().text;
const asAdmin =
  (call: Call): Call =>
  (method, path, options) =>
    call(method, path, { ...options, headers: { Authorization: `Bearer ${ADMIN}`, ...options?.headers } });

describeConsole('a change set', () => {
  const running = useConsole(
    { HEKSHER_AUTH: 'on', HEKSHER_ADMIN_KEY: ADMIN, HEKSHER_APPROVALS: 'guarded:1' },
    async ({ call }) => {
      await addReadmeData(asAdmin(call));
      await declare(asAdmin(call), { name: 'guarded', type: 'bool', default_value: false });
    },
  );
  const keyOf = async (subject: string, ...grants: string[]): Promise<string> => {
    const body = { subject, kind: 'user', grants };
    const made = await expectStatus(201, asAdmin(running().service.call)('POST', '/api/v1/keys', { body }));
    return (made.body as { key: string }).key;
  };
  const openAs = async (key: string, path: string, operations: readonly object[] = []) => {
    const opened = await running().open(path);
    const texts = JSON.stringify(operations.map((operation) => JSON.stringify(operation)));
    await opened.page.evaluate(`sessionStorage.setItem('heksher.key', ${JSON.stringify(key)});
      sessionStorage.setItem('heksher-change-set', ${JSON.stringify(texts)})`);
    await opened.page.reload();
    return opened;
  };
  const valueOf = async (rule: number): Promise<unknown> =>
    ((await asAdmin(running().service.call)('GET', `/api/v1/rules/${rule}`)).body as { value: unknown }).value;

  it('is filled in drawers, seen as one, applied as one with why, and undone as one', async () => {
    const opened = await openAs(await keyOf('ana', 'write'), '/settings/cache_size?edit=rule-2');
    const { page, violations, foreign } = opened;
    const drawer = page.getByRole('dialog');
    await drawer.getByRole('textbox', { name: 'cache_size is' }).fill('55');
    await drawer.getByRole('button', { name: 'Add to change set' }).click();
    await page.getByText('1 change in 1 setting').waitFor();
    await page.goto(`${running().service.url}/console/settings/cache_size?edit=rule-4`);
    await drawer.getByRole('textbox', { name: 'cache_size is' }).fill('11');
    await drawer.getByRole('button', { name: 'Add to change set' }).click();
    await page.getByText('2 changes in 1 setting').waitFor();
    expect(await opened.axe()).toEqual([]);
    expect(await valueOf(2)).toBe(50);
    await page.getByRole('link', { name: 'Review' }).click();
    await page.getByRole('row', { name: /rule account jim 50 became 55/ }).waitFor();
    await page.getByRole('region', { name: 'Who would see another value' }).getByText('55').first().waitFor();
    expect(await opened.axe()).toEqual([]);
    await page.getByLabel('Why').fill('more room');
    await page.getByRole('button', { name: 'Apply now' }).click();
    await page.getByRole('heading', { name: /^Change set \d+/, level: 1 }).waitFor();
    await page.getByText('more room').first().waitFor();
    expect([await valueOf(2), await valueOf(4)]).toEqual([55, 11]);
    expect(await opened.axe()).toEqual([]);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText(/was taken back$/).waitFor();
    expect([await valueOf(2), await valueOf(4)]).toEqual([50, 10]);
    expect({ violations, foreign }).toEqual({ violations: [], foreign: [] });
    await opened.close();
  });

  it('takes all rules that name a value, made again for another one and deleted, by the keyboard alone', async () => {
    const { call } = running().service;
    const opened = await openAs(await keyOf('ida', 'write'), '/values/account/jim');
    const { page } = opened;
    const field = page.getByRole('textbox', { name: 'Make all 2 rules again for the account' });
    await tabTo(page, field);
    await page.keyboard.type('jim');
    await page.getByText('must be another one').waitFor();
    await typeOver(page, 'kim');
    await page.keyboard.press('Enter');
    await page.getByText('2 changes in 1 setting').waitFor();
    await tabTo(page, page.getByRole('button', { name: 'Add to change set: delete all 2 rules' }));
    await page.keyboard.press('Enter');
    await page.getByText('4 changes in 1 setting').waitFor();
    expect(await opened.axe()).toEqual([]);
    const texts = await page.evaluate<readonly string[]>('JSON.parse(sessionStorage.getItem("heksher-change-set"))');
    const operations = texts.map((text) => JSON.parse(text) as object);
    const about = { setting: 'cache_size' };
    const [rule, admin] = [{ account: 'jim' }, { account: 'jim', user: 'admin' }];
    expect(operations).toEqual(
      expect.arrayContaining([
        { op: 'put_rule', ...about, feature_values: { account: 'kim' }, value: 50, metadata: {}, expect: null },
        {
          op: 'put_rule',
          ...about,
          feature_values: { ...admin, account: 'kim' },
          value: 200,
          metadata: {},
          expect: null,
        },
        { op: 'delete_rule', ...about, feature_values: rule, expect: { value: 50 } },
        { op: 'delete_rule', ...about, feature_values: admin, expect: { value: 200 } },
      ]),
    );
    // The service takes them as they are.
    const body = { operations };
    await expectStatus(201, asAdmin(call)('POST', '/api/v1/changesets', { body }));
    await opened.close();
  });

  it('takes what is deleted, switched off, renamed, and members, by the keyboard alone', async () => {
    const opened = await openAs(await keyOf('ana', 'write'), '/settings/cache_size?delete=rule-1');
    const { page, violations } = opened;
    const goTo = (path: string) => page.goto(`${running().service.url}/console${path}`);
    const putAside = async (count: number) => {
      await tabTo(page, page.getByRole('button', { name: 'Add to change set' }));
      await page.keyboard.press('Enter');
      await page.getByText(`${count} change${count === 1 ? '' : 's'} in`).waitFor();
    };
    await putAside(1);
    await goTo('/settings/web.new_checkout?off=rollout-1');
    await putAside(2);
    await goTo('/settings/web.new_checkout/rollouts/1');
    await tabTo(page, page.getByRole('textbox', { name: 'Add or remove many' }));
    await page.keyboard.type('zoe\nzed');
    await tabTo(page, page.getByRole('button', { name: 'Add them there' }));
    await page.keyboard.press('Enter');
    await page.getByText('3 changes in 2 settings').waitFor();
    await goTo('/settings/guarded/definition?edit=rename');
    await tabTo(page, page.getByRole('textbox', { name: 'New name' }));
    await typeOver(page, 'guard');
    await putAside(4);
    await tabTo(page, page.getByRole('link', { name: 'Review' }));
    await page.keyboard.press('Enter');
    for (const name of [/rule account john/, /switched.*off/, /members.*2 added/, /name.*guard/])
      await page.getByRole('row', { name }).first().waitFor();
    expect(await opened.axe()).toEqual([]);
    expect(await valueOf(1)).toBe(100);
    expect(violations).toEqual([]);
    await opened.close();
  });

  it('that does not fit any more is refused as a whole, and says where', async () => {
    const operation = { op: 'patch_rule', setting: 'cache_size', feature_values: { account: 'john' } };
    const opened = await openAs(await keyOf('ana', 'write'), '/change-sets/new', [
      { ...operation, set: { value: 101 }, expect: { value: 99 } },
    ]);
    await opened.page
      .getByText(/not 99 as expected/)
      .first()
      .waitFor();
    expect(await opened.page.getByRole('button', { name: 'Apply now' }).isDisabled()).toBe(true);
    expect(await opened.axe()).toEqual([]);
    expect(await valueOf(1)).toBe(100);
    await opened.close();
  });

  it('that needs four eyes waits, is approved by another, and applied', async () => {
    const flag = {
      op: 'put_rule',
      setting: 'guarded',
      feature_values: { account: 'jim' },
      value: true,
      expect: null,
    };
    const ana = await openAs(await keyOf('ana', 'write'), '/change-sets/new', [flag]);
    await ana.page.getByLabel('Why').fill('jim wants it');
    await ana.page.getByRole('button', { name: 'Ask for approval' }).click();
    await ana.page.getByText('waits: 0 of 1 approvals').waitFor();
    await ana.page.getByText('Somebody else has to approve it').waitFor();
    expect(await ana.page.getByRole('button', { name: 'Approve' }).count()).toBe(0);
    expect(await ana.page.getByRole('button', { name: 'Apply now' }).count()).toBe(0);
    expect(await ana.axe()).toEqual([]);
    const path = new URL(ana.page.url()).pathname.replace('/console', '');
    const ben = await openAs(await keyOf('ben', 'approve', 'write'), path);
    await ben.page.getByRole('row', { name: /rule account jim true/ }).waitFor();
    await ben.page.getByRole('button', { name: 'Approve' }).click();
    await ben.page.getByText('approved by ben').waitFor();
    await ben.page.getByRole('button', { name: 'Apply now' }).click();
    await ben.page.getByRole('button', { name: 'Take it back' }).waitFor();
    await ben.page.goto(`${running().service.url}/console/change-sets`);
    await ben.page.getByRole('row', { name: /jim wants it applied ana/ }).waitFor();
    expect(await ben.axe()).toEqual([]);
    await ana.close();
    await ben.close();
  });

  it('can be scheduled, and withdrawn before its time', async () => {
    const operation = {
      op: 'put_rule',
      setting: 'cache_size',
      feature_values: { user: 'late' },
      value: 1,
      expect: null,
    };
    const opened = await openAs(await keyOf('ana', 'write'), '/change-sets/new', [operation]);
    const { page } = opened;
    await page.getByLabel('When').fill('2099-01-01T10:00');
    await page.getByRole('button', { name: 'Schedule' }).click();
    await page.getByText('is to be applied').waitFor();
    await page.getByRole('button', { name: 'Withdraw' }).click();
    await page.getByText(/^withdrawn,/).waitFor();
    await opened.close();
  });

  it('is not offered where nothing may be changed, and what may be read is', async () => {
    const opened = await openAs(await keyOf('eve', 'read'), '/settings/cache_size');
    await opened.page.getByText(/Read-only: eve is not granted to change/).waitFor();
    await opened.page.getByRole('row', { name: /guest/ }).first().waitFor();
    for (const name of [/^Edit/, /^Delete/, /^Add/])
      expect(await opened.page.getByRole('button', { name }).count()).toBe(0);
    expect(await opened.axe()).toEqual([]);
    await opened.close();
    const narrow = await openAs(await keyOf('max', 'read', 'write:web.*'), '/settings/web.new_checkout');
    await narrow.page.getByRole('button', { name: /^Add/ }).waitFor();
    await narrow.page.goto(`${running().service.url}/console/settings/cache_size`);
    await narrow.page.getByRole('row', { name: /guest/ }).first().waitFor();
    expect(await narrow.page.getByRole('button', { name: /^Add/ }).count()).toBe(0);
    await narrow.close();
  });

  it('a lost session keeps the draft, and what was sent goes on when one has signed in again', async () => {
    const call = asAdmin(running().service.call);
    const body = { subject: 'ana', kind: 'user', grants: ['write'] };
    const made = (await expectStatus(201, call('POST', '/api/v1/keys', { body }))).body as { id: string; key: string };
    const opened = await openAs(made.key, '/settings/cache_size?edit=rule-1');
    const { page } = opened;
    const value = page.getByRole('textbox', { name: 'cache_size is' });
    await value.fill('123');
    await page.getByRole('region', { name: 'Who would see another value' }).getByText('123').first().waitFor();
    await expectStatus(204, call('DELETE', `/api/v1/keys/${made.id}`));
    await page.getByRole('button', { name: 'Save' }).click();
    const again = page.getByRole('alertdialog', { name: 'The service does not know you any more' });
    await again.waitFor();
    expect(await opened.axe()).toEqual([]);
    expect(await valueOf(1)).toBe(100);
    await again.getByLabel('Key', { exact: true }).fill(await keyOf('ana', 'write'));
    await page.keyboard.press('Enter');
    await again.waitFor({ state: 'detached' });
    await page.getByText(/123/).first().waitFor();
    await value.waitFor({ state: 'detached' });
    expect(await valueOf(1)).toBe(123);
    await opened.close();
  });
});
