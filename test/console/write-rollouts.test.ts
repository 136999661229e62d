import { describeConsole, type OpenPage, useConsole } from '../support/console/console.js';
import { tabTo, typeOver } from '../support/console/keyboard.js';
import { addReadmeData } from '../support/console/readme-data.js';
import { addRollout, declare, expectStatus } from '../support/service/service.js';
import { until } from '../support/service/until.js';

describeConsole('who changes rollouts', () => {
  const running = useConsole({}, async ({ call }) => {
    await addReadmeData(call);
    await declare(call, {
      name: 'color',
      type: 'Enum["blue","green"]',
      default_value: 'blue',
      configurable_features: ['user'],
    });
    const variants = [
      { name: 'control', value: 'blue', weight: 1 },
      { name: 'green', value: 'green', weight: 1 },
    ];
    await addRollout(call, 'color', { percentage: 50, variants });
  });

  async function rolloutOf(id: number): Promise<Readonly<Record<string, unknown>>> {
    return (await running().service.call('GET', `/api/v1/rollouts/${id}`)).body as Record<string, unknown>;
  }

  async function checkoutOf(user: string): Promise<unknown> {
    const body = { context: { user }, settings: ['web.new_checkout'] };
    const answer = await running().service.call('POST', '/api/v1/evaluate', { body });
    return (answer.body as { settings: Record<string, { value: unknown }> }).settings['web.new_checkout']?.value;
  }

  /** @param expected of what the browser notes */
  async function expectClean(
    { page, axe, violations, foreign, errors, close }: OpenPage,
    expected?: RegExp,
  ): Promise<void> {
    // What stands below the header of a page that is scrolled cannot be pressed there, and need not be.
    await page.evaluate('scrollTo(0, 0)');
    expect(await axe()).toEqual([]);
    const others = errors.filter((error) => expected?.test(error) !== true);
    expect({ violations, foreign, others }).toEqual({ violations: [], foreign: [], others: [] });
    await close();
  }

  it('stops one with two keys from its setting, and starts it again with all that it had', async () => {
    const opened = await running().open('/settings/web.new_checkout');
    const { page } = opened;
    expect(await checkoutOf('ann')).toBe(true);
    await tabTo(page, page.getByRole('button', { name: 'Switch rollout 1 off' }));
    await page.keyboard.press('Enter');
    await page.getByText('Without it users get false').waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('Switched rollout 1 of web.new_checkout off').waitFor();
    expect(await checkoutOf('ann')).toBe(false);
    await opened.go('/settings/web.new_checkout/rollouts/1');
    await page.getByText('It is switched off: it decides for nobody.').waitFor();
    expect(await opened.axe()).toEqual([]);
    await tabTo(page, page.getByRole('button', { name: 'Switch on again' }));
    await page.keyboard.press('Enter');
    await page.getByText('Switched rollout 1 on').waitFor();
    expect(await checkoutOf('ann')).toBe(true);
    await expectClean(opened);
  });

  it('raises a share to three decimals, told who gets it before', async () => {
    const opened = await running().open('/settings/web.new_checkout?edit=rollout-1');
    const { page } = opened;
    const share = page.getByRole('textbox', { name: 'Share of users' });
    await tabTo(page, share);
    await typeOver(page, '33.333');
    await page.getByText('20 → 33.333 %: 13.333 % of users get it, nobody loses it.').waitFor();
    await page.getByText('13.333 % of users come in').waitFor();
    expect(await opened.axe()).toEqual([]);
    await share.press('Enter');
    await page.getByText('Changed rollout 1').waitFor();
    expect(await rolloutOf(1)).toMatchObject({ percentage: 33.333, member_count: 2 });
    await expectClean(opened);
  });

  it('lets the clock raise it, and reads the line as a picture, a sentence and a table', async () => {
    const opened = await running().open('/settings/web.new_checkout/rollouts/1');
    const { page } = opened;
    const { percentage: before } = await rolloutOf(1);
    await tabTo(page, page.getByRole('button', { name: 'A ramp' }));
    await page.keyboard.press('Enter');
    await tabTo(page, page.getByRole('button', { name: 'To 100 % in a week' }));
    await page.keyboard.press('Enter');
    await page.getByRole('img', { name: /^Climbs from .* % to 100 %/ }).waitFor();
    await page.getByText('As a table').click();
    await page.getByRole('cell', { name: '100 %' }).waitFor();
    expect(await opened.axe()).toEqual([]);
    await tabTo(page, page.getByRole('button', { name: 'Save', exact: true }));
    await page.keyboard.press('Enter');
    await page.getByText('Changed rollout 1').waitFor();
    expect(await rolloutOf(1)).toMatchObject({ state: 'ramping', ramp: { to: 100 } });
    // The form shows what is there now, whoever changed it, as long as nobody has typed over it.
    await page.getByRole('button', { name: 'A ramp', pressed: true }).waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Undone: Changed rollout 1').waitFor();
    const share = page.getByRole('textbox', { name: 'Share of users' });
    await share.waitFor();
    expect(await share.inputValue()).toBe(String(before));
    await page.getByText('Live', { exact: true }).waitFor();
    await expectStatus(204, running().service.call('PATCH', '/api/v1/rollouts/1', { body: { percentage: 44 } }));
    await until('the form follows', async () => (await share.inputValue()) === '44');
    await share.fill('45');
    await expectStatus(204, running().service.call('PATCH', '/api/v1/rollouts/1', { body: { percentage: 46 } }));
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('share: both of you changed it').waitFor();
    expect([await share.inputValue(), await rolloutOf(1)]).toMatchObject(['45', { percentage: 46 }]);
    await page.getByRole('button', { name: 'Take theirs' }).click();
    expect(await share.inputValue()).toBe('46');
    await expectClean(opened, /status of 412/);
  });

  it('raises it by steps: the first at once, each other scheduled on what the one before leaves', async () => {
    const { call } = running().service;
    await expectStatus(204, call('PATCH', '/api/v1/rollouts/1', { body: { percentage: 5 } }));
    const opened = await running().open('/settings/web.new_checkout?edit=rollout-1');
    const { page } = opened;
    await tabTo(page, page.getByRole('button', { name: 'Steps' }));
    await page.keyboard.press('Enter');
    const shares = page.getByRole('textbox', { name: 'Steps, %' });
    expect(await shares.inputValue()).toBe('5, 25, 100');
    await tabTo(page, shares);
    await typeOver(page, '25, 5');
    await page.getByText('Each step is more than the one before.').waitFor();
    await tabTo(page, page.getByRole('button', { name: '1-5-25-100' }));
    await page.keyboard.press('Enter');
    await tabTo(page, page.getByRole('button', { name: 'an hour apart' }));
    await page.keyboard.press('Enter');
    expect(await page.getByRole('list', { name: 'When it is raised' }).getByRole('listitem').count()).toBe(4);
    await page.getByText('5 → 1 %: 4 % of users, who have it, lose it.').waitFor();
    expect(await opened.axe()).toEqual([]);
    await tabTo(page, page.getByRole('button', { name: 'Save', exact: true }));
    const savedMs = Date.now();
    await page.keyboard.press('Enter');
    await page.getByText('Scheduled 3 steps').waitFor();
    expect(await rolloutOf(1)).toMatchObject({ percentage: 1 });
    const list = (await call('GET', '/api/v1/changesets?state=scheduled')).body as {
      changesets: readonly { changeset_id: number; apply_at: string }[];
    };
    const sets = await Promise.all(
      list.changesets.map(async ({ changeset_id: id }) => (await call('GET', `/api/v1/changesets/${id}`)).body),
    );
    const about = { op: 'patch_rollout', setting: 'web.new_checkout', feature: 'user', feature_values: {} };
    expect(sets.reverse()).toMatchObject(
      [1, 5, 25].map((percentage, index) => ({
        message: `web.new_checkout, users: ${percentage} → ${[5, 25, 100][index]} %`,
        operations: [{ ...about, set: { percentage: [5, 25, 100][index] }, expect: { percentage, enabled: true } }],
      })),
    );
    const hours = list.changesets.map(({ apply_at }) => Math.round((Date.parse(apply_at) - savedMs) / 3_600_000));
    expect(hours.sort()).toEqual([1, 2, 3]);
    // Each finds what the one before left, and none goes on where somebody moved the share.
    const [first, second] = list.changesets.map(({ changeset_id }) => changeset_id).sort((a, b) => a - b);
    await expectStatus(200, call('POST', `/api/v1/changesets/${first}/apply`));
    expect(await rolloutOf(1)).toMatchObject({ percentage: 5 });
    await expectStatus(204, call('PATCH', '/api/v1/rollouts/1', { body: { enabled: false } }));
    await expectStatus(409, call('POST', `/api/v1/changesets/${second}/apply`));
    await expectStatus(204, call('PATCH', '/api/v1/rollouts/1', { body: { enabled: true, percentage: 20 } }));
    await expectClean(opened);
  });

  it('is refused steps of one that is off, which would fail, until it is switched on', async () => {
    const { call } = running().service;
    await expectStatus(204, call('PATCH', '/api/v1/rollouts/1', { body: { enabled: false } }));
    const opened = await running().open('/settings/web.new_checkout?edit=rollout-1');
    const { page } = opened;
    await page.getByRole('button', { name: 'Steps' }).click();
    await page.getByText('It is off: each later step would find it so, and fail.').waitFor();
    await page.getByText('Switch it on before it is raised by steps.').waitFor();
    expect(await page.getByRole('button', { name: 'Save', exact: true }).isDisabled()).toBe(true);
    expect(await opened.axe()).toEqual([]);
    await expectStatus(204, call('PATCH', '/api/v1/rollouts/1', { body: { enabled: true } }));
    await expectClean(opened);
  });

  it('is told exactly how many change variant', async () => {
    const opened = await running().open('/settings/color?edit=rollout-2');
    const { page } = opened;
    const weights = async () => {
      const all = await page.getByLabel('Weight').all();
      return Promise.all(all.map(async (one) => Number(await one.inputValue())));
    };
    const handle = page.getByRole('slider', { name: 'Between control and green' });
    await handle.focus();
    await page.keyboard.press('ArrowRight');
    expect(await weights()).toEqual([51, 49]);
    await page.getByRole('button', { name: 'Less of control, more of green' }).click();
    expect(await weights()).toEqual([50, 50]);
    await handle.hover();
    await page.mouse.down();
    const box = await handle.boundingBox();
    await page.mouse.move((box?.x ?? 0) + (box?.width ?? 0) / 2 + 60, box?.y ?? 0, { steps: 4 });
    await page.mouse.up();
    const [more = 0, less = 0] = await weights();
    expect([more > 55, more + less]).toEqual([true, 100]);
    expect(await opened.axe()).toEqual([]);
    await page.getByLabel('Weight').last().fill('1');
    await page.getByLabel('Weight').first().fill('2');
    await page.getByText('16.667 % of units change variant.').waitFor();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Changed rollout 2').waitFor();
    expect(await rolloutOf(2)).toMatchObject({
      variants: [
        { name: 'control', weight: 2 },
        { name: 'green', weight: 1 },
      ],
    });
    await expectClean(opened);
  });

  it('adds members from a file: nothing is sent before what was read is shown, and refused lines say why', async () => {
    const opened = await running().open('/settings/web.new_checkout/rollouts/1');
    const { page } = opened;
    const lines = ['email;plan', ...Array.from({ length: 12_000 }, (_, index) => `user-${index}@example.com;pro`)];
    const text = [...lines, 'ann;pro', 'no good;free', 'user-1@example.com;pro'].join('\n');
    await page
      .locator('input[type="file"]')
      .setInputFiles({ name: 'members.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
    await page.getByText('12,001 to add, 1 there twice, 1 refused.').waitFor();
    await page.getByText('12002: no good').or(page.getByText('12003: no good')).waitFor();
    expect(await rolloutOf(1)).toMatchObject({ member_count: 2 });
    expect(await opened.axe()).toEqual([]);
    await page.getByRole('button', { name: 'Add 12,001' }).click();
    await page.getByText('Added 12,000 members').waitFor();
    expect(await rolloutOf(1)).toMatchObject({ member_count: 12_002 });
    await page.getByRole('textbox', { name: 'Look for one' }).fill('user-7@example.com');
    await page.getByText('is a member ✓').waitFor();
    await expectClean(opened);
  });

  it('says who is in, and why', async () => {
    const opened = await running().open('/settings/color/rollouts/2');
    const { page } = opened;
    await page.getByRole('textbox', { name: 'Ids' }).fill('eve\nbob');
    const { body } = await running().service.call('POST', '/api/v1/evaluate', {
      body: { context: { user: 'eve' }, settings: ['color'] },
    });
    const { variant } = (body as { settings: { color: { variant?: string } } }).settings.color;
    await page
      .getByText(variant === undefined ? /^out: falls at/ : new RegExp(`^in · ${variant}: falls at`))
      .first()
      .waitFor();
    await expectClean(opened);
  });

  it('makes one whose pattern is checked and tried as the service would', async () => {
    const opened = await running().open('/settings/cache_size?edit=new-rollout');
    const { page } = opened;
    await page.getByRole('textbox', { name: 'Value', exact: true }).fill('80');
    const pattern = page.getByRole('textbox', { name: 'Pattern' });
    await pattern.fill('(?=a)');
    await page.getByText('is no RE2 syntax').waitFor();
    await pattern.fill('@example\\.com$');
    await page.getByRole('textbox', { name: 'Try a user' }).fill('ann@example.com');
    await page.getByText('has it ✓').waitFor();
    await page.getByRole('button', { name: '25 %', exact: true }).click();
    await page.getByRole('button', { name: 'Add rollout' }).click();
    await page.getByText('Added a rollout by user').waitFor();
    expect(await rolloutOf(3)).toMatchObject({ percentage: 25, pattern: '@example\\.com$', value: 80 });
    // A half-typed pattern is refused when it is tried, which the browser notes.
    await expectClean(opened, /status of 422 .*dry_run=true/);
  });

  it('starts over with what a rollout is by now, and is not refused once more', async () => {
    const { call } = running().service;
    await expectStatus(204, call('PATCH', '/api/v1/rollouts/1', { body: { percentage: 20 } }));
    const opened = await running().open('/settings/web.new_checkout?edit=rollout-1');
    const { page } = opened;
    const share = (percentage: number) => page.getByRole('button', { name: `${percentage} %`, exact: true });
    await share(25).click();
    await page.reload();
    const startOver = page.getByRole('button', { name: 'Start over' });
    await startOver.waitFor();
    await expectStatus(204, call('PATCH', '/api/v1/rollouts/1', { body: { percentage: 50 } }));
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('share: both of you changed it').waitFor();
    await startOver.click();
    await page.getByText('share: both of you changed it').waitFor({ state: 'detached' });
    await page.locator('[aria-pressed="true"]', { hasText: '50 %' }).waitFor();
    await share(100).click();
    const sent = page.waitForResponse((one) => one.request().method() === 'PATCH' && !one.url().includes('dry_run'));
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    expect((await sent).status()).toBe(204);
    await page.getByText('Changed rollout 1').waitFor();
    expect(await rolloutOf(1)).toMatchObject({ percentage: 100 });
    await opened.close();
  });

  it('writes metadata with the rest of a rollout, in one write', async () => {
    await expectStatus(204, running().service.call('PATCH', '/api/v1/rollouts/1', { body: { percentage: 20 } }));
    const opened = await running().open('/settings/web.new_checkout?edit=rollout-1');
    const { page } = opened;
    const writes: string[] = [];
    page.on('request', (one) => {
      if (one.method() === 'PATCH' && !one.url().includes('dry_run')) writes.push(one.url());
    });
    await page.getByText('Metadata (0)').click();
    await page.getByRole('button', { name: 'Add a key' }).click();
    await page.getByRole('group', { name: 'the new key' }).getByLabel('Key', { exact: true }).fill('ticket');
    await page.getByRole('group', { name: 'ticket' }).getByLabel('Value', { exact: true }).fill('WEB-7');
    await page.getByRole('button', { name: '25 %', exact: true }).click();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Changed rollout 1').waitFor();
    expect(await rolloutOf(1)).toMatchObject({ percentage: 25, metadata: { ticket: 'WEB-7' } });
    expect(writes.length).toBe(1);
    await expectClean(opened);
  });
});
