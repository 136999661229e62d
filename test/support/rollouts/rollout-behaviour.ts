import { randomBytes } from 'node:crypto';
import { type Backend, type FunctionalityOptions, Rollout, RolloutError } from '@heksher/rollout';

/** For each bucket from 0 to 99 an id whose CRC-32 by Python's zlib is that modulo 100. */
export const ID_OF_BUCKET: readonly number[] = [
  37, 73, 74, 216, 162, 170, 41, 13, 4, 0, 273, 3, 134, 107, 177, 434, 120, 46, 62, 110, 207, 10, 123, 18, 75, 44, 233,
  24, 35, 513, 114, 165, 14, 59, 360, 66, 141, 2, 15, 186, 6, 126, 34, 32, 96, 31, 7, 133, 103, 78, 29, 138, 174, 151,
  196, 51, 176, 71, 100, 11, 82, 19, 43, 150, 16, 12, 5, 280, 211, 373, 48, 45, 63, 67, 69, 119, 49, 130, 60, 30, 94,
  27, 17, 1, 54, 158, 206, 70, 42, 25, 81, 8, 169, 676, 250, 53, 23, 132, 55, 79,
];

/** A name that no other test has used. */
export function freshName(): string {
  return `f${randomBytes(6).toString('hex')}`;
}

/** The tests that every back end passes; `open` gives one more way into the same store. */
export function describeBehaviour(open: () => Backend): void {
  let rollout: Rollout;
  let name: string;
  beforeEach(() => {
    rollout = new Rollout(open());
    name = freshName();
  });
  afterEach(() => rollout.close());

  /** Which of these have the functionality. */
  const enabledOf = async (...ids: readonly string[]): Promise<readonly string[]> => {
    const answers = await Promise.all(ids.map((id) => rollout.isEnabled(name, id)));
    return ids.filter((_, index) => answers[index]);
  };
  const add = (options?: FunctionalityOptions): Promise<void> => rollout.addFunc(name, options);

  it('runs the example of the library it follows, as the rules work it out', async () => {
    await add({ percentage: 80, variants: ['foo', 'bar'] });
    await rollout.register(name, '447568110000');
    await rollout.register(name, /01$/);
    rollout.setCurrentId('444401');
    // The CRC-32 of 444401 is 85 modulo 100, which 80 % leaves out, but the pattern does not.
    expect(await rollout.check(name)(() => 'executed')()).toBe('executed');
    expect(await rollout.isEnabled(name, '44488')).toBe(false);
    const again = rollout.check(name, 2)((parameter: string, user: string) => `${parameter}: ${user} is in`);
    expect(await again('foo', '443301')).toBe('foo: 443301 is in');
    await expect(again('foo', '44488')).rejects.toMatchObject({ functionality: name, unit: '44488' });
    expect(await rollout.variant(name, '443301')).toBe('bar');
    expect(await rollout.variant(name, '44488')).toBeUndefined();
    rollout.setCurrentId(undefined);
  });

  it.each([0, 1, 50, 99, 100])('at %i % has the buckets below, and no other', async (percentage) => {
    await add({ percentage: 7 });
    await rollout.setPercentage(name, percentage);
    const ids = ID_OF_BUCKET.map(String);
    expect(await enabledOf(...ids)).toEqual(ids.slice(0, percentage));
  });

  it('divides those who have it between the variants', async () => {
    await add({ variants: ['a', 'b', 'c'] });
    const variants = await Promise.all(['jim', 'übung', '444401', 'bob'].map((id) => rollout.variant(name, id)));
    expect(variants).toEqual(['b', 'a', 'a', 'c']);
    await add({ variants: ['x'] });
    expect(await rollout.variant(name, 'jim')).toBe('x');
    await add({ variants: [] });
    expect(await rollout.variant(name, 'jim')).toBeUndefined();
    expect(await rollout.isEnabled(name, 'jim')).toBe(true);
  });

  it('is for nobody while it is switched off, and as before when it is on again', async () => {
    await add({ percentage: 0, variants: ['a'] });
    await rollout.register(name, 'ann');
    await rollout.register(name, /^b/);
    for (const off of ['disable', 'toggle'] as const) {
      await rollout[off](name);
      expect(await enabledOf('ann', 'bob')).toEqual([]);
      expect(await rollout.variant(name, 'ann')).toBeUndefined();
      expect(await rollout.isEnabled(name)).toBe(false);
      await rollout[off === 'disable' ? 'enable' : 'toggle'](name);
      expect(await enabledOf('ann', 'bob', 'jim')).toEqual(['ann', 'bob']);
      expect(await rollout.isEnabled(name)).toBe(true);
    }
    await rollout.disable(name);
    await rollout.disable(name);
    await rollout.setPercentage(name, 100);
    expect(await enabledOf('ann', 'jim')).toEqual([]);
  });

  it('registering twice is the same as once', async () => {
    await add({ percentage: 0 });
    for (const item of ['ann', 'ann', /b$/i, /b$/i]) await rollout.register(name, item);
    expect(await enabledOf('ann', 'BOB', 'jim')).toEqual(['ann', 'BOB']);
    expect((await rollout.functionality(name)).patterns).toEqual([/b$/i]);
  });

  it('knows units by their ids as text', async () => {
    await add({ percentage: 0, check: 'id' });
    await rollout.register(name, 7);
    await rollout.register(name, { id: 8n });
    expect(await enabledOf('7', '8', '9')).toEqual(['7', '8']);
    expect(await rollout.isEnabled(name, 7n)).toBe(true);
    expect(await rollout.isEnabled(name, { id: 8 })).toBe(true);
    expect(await rollout.isEnabled(name, { id: 9 })).toBe(false);
    await rollout.addFunc(name, { check: (user: { mail: string }) => user.mail });
    await rollout.register(name, { mail: 'ann@example.com' });
    expect(await rollout.isEnabled(name, { mail: 'ann@example.com' })).toBe(true);
    expect(await enabledOf('7', 'ann@example.com')).toEqual(['7', 'ann@example.com']);
  });

  it('keeps the flags of patterns, and no state of a search', async () => {
    await add({ percentage: 0 });
    const global = /AN/gi;
    global.lastIndex = 2;
    await rollout.register(name, global);
    await rollout.register(name, /bo/y);
    for (let round = 0; round < 3; round += 1) {
      expect(await enabledOf('jan', 'bob', 'jobo', 'b')).toEqual(['jan', 'bob']);
    }
    expect(global.lastIndex).toBe(2);
  });

  it('adding it again keeps what it does not say', async () => {
    await add({ percentage: 0, variants: ['a'] });
    await rollout.register(name, 'ann');
    await rollout.register(name, /^b/);
    await rollout.disable(name);
    await add();
    expect(await rollout.functionality(name)).toMatchObject({ enabled: false, percentage: 0, variants: ['a'] });
    await rollout.enable(name);
    await add({ percentage: 5 });
    expect(await enabledOf('ann', 'bob', 'jim')).toEqual(['ann', 'bob']);
    expect(await rollout.functionality(name)).toMatchObject({ enabled: true, percentage: 5, variants: ['a'] });
  });

  it('forgets all when it is added to be reset', async () => {
    await add({ percentage: 0, variants: ['a'], check: 'id' });
    await rollout.register(name, 'ann');
    await rollout.register(name, /^b/);
    await rollout.disable(name);
    await add({ percentage: 1, reset: true });
    expect(await enabledOf('ann', 'bob', 'jim', '37')).toEqual(['37']);
    expect(await rollout.functionality(name)).toEqual({
      name,
      enabled: true,
      percentage: 1,
      variants: [],
      check: undefined,
      patterns: [],
    });
  });

  it('is for everybody where no percentage is given', async () => {
    await add();
    expect(await enabledOf('ann', '79')).toEqual(['ann', '79']);
  });

  it('of what is not there, nobody has any, and changing it is an error that names it', async () => {
    expect(await enabledOf('ann')).toEqual([]);
    expect(await rollout.isEnabled(name)).toBe(false);
    expect(await rollout.variant(name, 'ann')).toBeUndefined();
    const changes = [
      rollout.register(name, 'ann'),
      rollout.register(name, /a/),
      rollout.setPercentage(name, 5),
      rollout.enable(name),
      rollout.disable(name),
      rollout.toggle(name),
      rollout.functionality(name),
    ];
    for (const change of changes) {
      const error: unknown = await change.catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(RolloutError);
      expect(error).toMatchObject({ code: 'not_found', functionality: name });
      expect(String(error)).toContain(`"${name}"`);
    }
    expect(await rollout.functionalities()).not.toContain(name);
  });

  it('lists the functionalities', async () => {
    const names = [`${name}c`, `${name}a`, `${name}b`];
    for (const each of names) await rollout.addFunc(each);
    const listed = await rollout.functionalities();
    expect(listed.filter((each) => each.startsWith(name))).toEqual(names.toSorted());
    expect(listed).toEqual(listed.toSorted());
  });

  it('loses no id where many are registered at once', async () => {
    await add({ percentage: 0 });
    const ids = Array.from({ length: 60 }, (_, index) => `id${index}`);
    await Promise.all(ids.map((id) => rollout.register(name, id)));
    expect(await enabledOf(...ids, 'ann')).toEqual(ids);
  });
}

/** The tests that every back end passes whose store is shared by programs. */
export function describeSharing(open: () => Backend): void {
  let rollouts: [Rollout, Rollout];
  let name: string;
  beforeEach(() => {
    rollouts = [new Rollout(open()), new Rollout(open())];
    name = freshName();
  });
  afterEach(() => Promise.all(rollouts.map((rollout) => rollout.close())));

  it('another program sees each change at once', async () => {
    const [ours, theirs] = rollouts;
    await ours.addFunc(name, { percentage: 0, check: 'id', variants: ['a', 'b'] });
    expect(await theirs.isEnabled(name, 'ann')).toBe(false);
    await ours.register(name, 'ann');
    expect(await theirs.variant(name, 'ann')).toBe('b');
    await ours.register(name, /^B/i);
    expect(await theirs.isEnabled(name, { id: 'bob' })).toBe(true);
    await ours.disable(name);
    expect(await theirs.isEnabled(name, 'ann')).toBe(false);
    await theirs.toggle(name);
    await theirs.setPercentage(name, 100);
    expect(await ours.isEnabled(name, 'jim')).toBe(true);
    await theirs.addFunc(name, { percentage: 0, reset: true });
    expect(await ours.isEnabled(name, 'ann')).toBe(false);
  });

  it('programs that add it at once agree, and none of their ids is lost', async () => {
    const [ours, theirs] = rollouts;
    await Promise.all([...rollouts, ...rollouts].map((rollout) => rollout.addFunc(name, { percentage: 0 })));
    await Promise.all([
      ours.register(name, 'ann'),
      theirs.register(name, 'bob'),
      ours.addFunc(name, { percentage: 0 }),
    ]);
    for (const rollout of rollouts) {
      expect(await Promise.all(['ann', 'bob', 'jim'].map((id) => rollout.isEnabled(name, id)))).toEqual([
        true,
        true,
        false,
      ]);
    }
  });
}
