import { describeConsole, useConsole } from '../support/console/console.js';
import { addReadmeData } from '../support/console/readme-data.js';
import { expectStatus } from '../support/service/service.js';

describeConsole('what was changed', () => {
  const running = useConsole({}, async ({ call }) => {
    await addReadmeData(call);
    const headers = { 'Heksher-Message': 'guests%20wait%20too%20long' };
    await expectStatus(204, call('PUT', '/api/v1/rules/4/value', { headers, body: { value: 500 } }));
    await expectStatus(204, call('PATCH', '/api/v1/rollouts/1', { body: { percentage: 50 } }));
  });
  const value = async (rule: number): Promise<unknown> =>
    ((await running().service.call('GET', `/api/v1/rules/${rule}`)).body as { value: unknown }).value;

  it('is shown as lines, and taken back by the keyboard alone, with what that does and why', async () => {
    const opened = await running().open('/settings/cache_size/history');
    const { page, violations, foreign, errors } = opened;
    const entry = page.getByRole('article').first();
    await entry.getByText('guests wait too long').waitFor();
    await entry.getByRole('row', { name: 'changed rule 4 user guest 10 became 500' }).waitFor();
    expect(await opened.axe()).toEqual([]);
    await entry.getByRole('button', { name: /^Take back change/ }).focus();
    await page.keyboard.press('Enter');
    const drawer = page.getByRole('dialog', { name: /^Take back change/ });
    await drawer.getByText('500', { exact: true }).first().waitFor();
    expect(await opened.axe()).toEqual([]);
    await drawer.getByLabel('Why').fill('back to before');
    for (let presses = 0; presses < 10 && !(await focusIsOn('Take it back')); presses += 1)
      await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText(/^Change \d+ was taken back$/).waitFor();
    await page.getByRole('article').first().getByText('back to before').waitFor();
    expect(await value(4)).toBe(10);
    await page.getByRole('button', { name: 'Undo' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText(/^Undone: Change/).waitFor();
    expect(await value(4)).toBe(500);
    expect({ violations, foreign, errors }).toEqual({ violations: [], foreign: [], errors: [] });
    await opened.close();

    function focusIsOn(text: string): Promise<boolean> {
      return page.evaluate(`document.activeElement?.textContent === ${JSON.stringify(text)}`);
    }
  });

  it('is taken back over what was changed since only as one chooses: that is kept, or what was there before is taken', async () => {
    const { call } = running().service;
    const { body } = await call('GET', '/api/v1/history?setting=cache_size&limit=100');
    const { entries } = body as { entries: { seq: number; message: string | null }[] };
    const seq = entries.find(({ message }) => message === 'guests wait too long')?.seq ?? 0;
    await expectStatus(204, call('PUT', '/api/v1/rules/4/value', { body: { value: 501 } }));
    const opened = await running().open(`/changes/${seq}`);
    const { page } = opened;
    await page.getByRole('button', { name: 'Take it back' }).click();
    const drawer = page.getByRole('dialog');
    const conflict = drawer.getByRole('group', { name: 'Rule 4' });
    await conflict.getByRole('link', { name: /^change \d+ of / }).waitFor();
    await conflict.getByRole('row', { name: 'changed rule 4 user guest 501 became 10' }).waitFor();
    const act = drawer.getByRole('button', { name: 'Take it back' });
    expect([await act.isDisabled(), await value(4)]).toEqual([true, 501]);
    expect(await opened.axe()).toEqual([]);
    await conflict.getByRole('button', { name: 'Keep what is there now' }).click();
    await drawer.getByText(/all of it is kept/).waitFor();
    expect(await act.isDisabled()).toBe(true);
    await conflict.getByRole('button', { name: 'Take what was there before' }).click();
    await drawer
      .getByRole('region', { name: 'Who would see another value' })
      .or(drawer.getByText('What this does'))
      .first()
      .waitFor();
    expect(await opened.axe()).toEqual([]);
    // Whoever is quicker changes it once more: that is asked about too.
    await expectStatus(204, call('PUT', '/api/v1/rules/4/value', { body: { value: 502 } }));
    await act.click();
    await conflict.getByRole('row', { name: 'changed rule 4 user guest 502 became 10' }).waitFor();
    expect([await act.isDisabled(), await value(4)]).toEqual([true, 502]);
    await conflict.getByRole('button', { name: 'Take what was there before' }).click();
    await act.click();
    await page.getByText(/^Change \d+ was taken back$/).waitFor();
    expect(await value(4)).toBe(10);
    await expectStatus(204, call('PUT', '/api/v1/rules/4/value', { body: { value: 500 } }));
    await opened.close();
  });

  it('is there for everything, by actor and time, and compared with now', async () => {
    const opened = await running().open('/changes');
    const { page, violations } = opened;
    await page.getByRole('row', { name: /rollout 1 share.*20 % became 50 %/ }).waitFor();
    expect(await opened.axe()).toEqual([]);
    await page.getByLabel('By').fill('nobody');
    await page.keyboard.press('Enter');
    await page.getByText('Nothing was changed').waitFor();
    expect(new URL(page.url()).search).toBe('?actor=nobody');
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByRole('article').first().waitFor();
    const { body } = await running().service.call('GET', '/api/v1/history?setting=web.new_checkout&limit=1');
    const [newest] = (body as { entries: { seq: number }[] }).entries;
    await page.goto(`${running().service.url}/console/changes/compare?from=${(newest?.seq ?? 0) - 1}`);
    await page.getByRole('row', { name: /rollout 1 share.*20 % became 50 %/ }).waitFor();
    expect(await opened.axe()).toEqual([]);
    expect(violations).toEqual([]);
    await opened.close();
  });

  it('can be looked at as it was, where nothing can be changed', async () => {
    const { body } = await running().service.call('GET', '/api/v1/history?setting=cache_size&limit=100');
    const { entries } = body as { entries: { seq: number; message: string | null }[] };
    const seq = entries.find(({ message }) => message === 'guests wait too long')?.seq ?? 0;
    const opened = await running().open(`/settings/cache_size?asof=${seq - 1}`);
    const { page, violations } = opened;
    await page.getByText('You look at the past:').waitFor();
    await page
      .getByRole('row', { name: /guest.*10/ })
      .first()
      .waitFor();
    expect(await page.getByText('500').count()).toBe(0);
    expect(await opened.axe()).toEqual([]);
    // It stays so wherever one goes, until one goes back.
    await page.getByRole('link', { name: 'Settings' }).first().click();
    await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor();
    expect(new URL(page.url()).search).toContain(`asof=${seq - 1}`);
    await page.goBack();
    await page.getByRole('button', { name: 'Back to now' }).click();
    await page.getByText('500').first().waitFor();
    expect(new URL(page.url()).search).toBe('');
    await page.getByRole('button', { name: 'Look at the past' }).click();
    await page.getByRole('button', { name: 'A week ago' }).click();
    await page.getByText('Not found').or(page.getByText('The service refused')).first().waitFor();
    expect(violations).toEqual([]);
    await opened.close();
  });
});
