import { setImmediate as turn } from 'node:timers/promises';
import { CallRefusedError } from './errors.js';
import { MemoryBackend } from './memory-backend.js';
import { Rollout } from './rollout.js';

let rollout: Rollout;
beforeEach(async () => {
  rollout = new Rollout(new MemoryBackend());
  await rollout.addFunc('cdc_on', { percentage: 0, check: 'id' });
  await rollout.register('cdc_on', 'ann');
});

describe('the current id', () => {
  it('is what is asked about where no item is given', async () => {
    await rollout.addFunc('cdc_on', { variants: ['a'] });
    const answers = async () => [await rollout.isEnabled('cdc_on'), await rollout.variant('cdc_on')];
    expect(await rollout.withCurrentId('ann', answers)).toEqual([true, 'a']);
    expect(await rollout.withCurrentId({ id: 'ann' }, answers)).toEqual([true, 'a']);
    expect(await rollout.withCurrentId('bob', answers)).toEqual([false, undefined]);
    expect(await rollout.withCurrentId('bob', () => rollout.isEnabled('cdc_on', 'ann'))).toBe(true);
  });

  it('is never that of a request which runs at the same time', async () => {
    const seen = new Map<string, boolean[]>();
    const ask = async (id: string): Promise<void> => {
      const answers: boolean[] = [];
      seen.set(id, answers);
      for (let round = 0; round < 5; round += 1) {
        await turn();
        answers.push(await rollout.isEnabled('cdc_on'));
      }
    };
    const set = async (id: string): Promise<void> => {
      await turn();
      rollout.setCurrentId(id);
      await ask(`${id} set`);
    };
    await Promise.all([
      ...['ann', 'bob'].map((id) => rollout.withCurrentId(id, () => ask(id))),
      ...['ann', 'bob'].map(set),
    ]);
    const all = (answer: boolean): boolean[] => Array<boolean>(5).fill(answer);
    expect(Object.fromEntries(seen)).toEqual({
      ann: all(true),
      bob: all(false),
      'ann set': all(true),
      'bob set': all(false),
    });
  });

  it('is of one rollout, and can be taken back', async () => {
    const other = new Rollout(new MemoryBackend());
    await other.addFunc('cdc_on', { percentage: 0 });
    await rollout.withCurrentId('bob', async () => {
      expect(await other.isEnabled('cdc_on')).toBe(true);
      rollout.setCurrentId(undefined);
      expect(await rollout.isEnabled('cdc_on')).toBe(true);
    });
  });
});

describe('an item', () => {
  it.each([
    [undefined],
    [null],
    [''],
    [NaN],
    [2 ** 53],
    [Infinity],
    [{ id: undefined }],
    [{ id: '' }],
    [{ id: null }],
    [{}],
    ['\ud800'],
  ])('%j has no id, which is an error that names the functionality', async (item) => {
    for (const asked of [rollout.isEnabled('cdc_on', item as string), rollout.register('cdc_on', item as string)]) {
      await expect(asked).rejects.toMatchObject({ code: 'invalid', functionality: 'cdc_on' });
    }
  });

  it.each([
    [7, '7'],
    [-1.5, '-1.5'],
    [1e-7, '1e-7'],
    [true, 'true'],
    [false, 'false'],
    [2n ** 64n, '18446744073709551616'],
    [{ id: false }, 'false'],
  ])('%j stands for its JSON text', async (item, text) => {
    await rollout.addFunc('cdc_on', { percentage: 0, check: 'id', reset: true });
    await rollout.register('cdc_on', item);
    expect(await rollout.isEnabled('cdc_on', text)).toBe(true);
    expect(await rollout.isEnabled('cdc_on', item)).toBe(true);
  });

  it('that is an object needs a check', async () => {
    await rollout.addFunc('other');
    await expect(rollout.isEnabled('other', { id: 'ann' })).rejects.toThrow('no "check" says');
  });

  it('gives its id by the check that was given last', async () => {
    await rollout.addFunc('cdc_on', { check: (user: { mail: string }) => user.mail });
    expect(await rollout.isEnabled('cdc_on', { mail: 'ann' })).toBe(true);
    await rollout.addFunc('cdc_on', { percentage: 0 });
    expect(await rollout.isEnabled('cdc_on', { mail: 'ann' })).toBe(true);
    await rollout.addFunc('cdc_on', { check: 'name' });
    expect(await rollout.isEnabled('cdc_on', { name: 'ann' })).toBe(true);
  });
});

describe('check', () => {
  it('decorates methods of classes that are compiled to legacy decorators', async () => {
    class Guarded {
      count = 0;

      @rollout.check('cdc_on', 1)
      async add(user: string, amount: number): Promise<string> {
        await turn();
        this.count += amount;
        return user;
      }
    }
    const guarded = new Guarded();
    expect(await guarded.add('ann', 5)).toBe('ann');
    await expect(guarded.add('bob', 5)).rejects.toThrow(CallRefusedError);
    expect(guarded.count).toBe(5);
  });

  it('decorates methods in the way of standard decorators', async () => {
    type Orders = { placed: string[] };
    async function place(this: Orders, user: string, order: string): Promise<string> {
      await turn();
      this.placed.push(order);
      return `${order} for ${user}`;
    }
    const context = { kind: 'method', name: 'place' } as ClassMethodDecoratorContext<Orders, typeof place>;
    const guarded = rollout.check('cdc_on', 1)(place, context);
    const orders: Orders = { placed: [] };
    expect(await guarded.call(orders, 'ann', 'tea')).toBe('tea for ann');
    await expect(guarded.call(orders, 'bob', 'tea')).rejects.toThrow(CallRefusedError);
    expect(orders.placed).toEqual(['tea']);
  });

  it('wraps functions, sync and async, and calls them for those who have it alone', async () => {
    const calls: string[] = [];
    const note = (first: string, user: string): number => calls.push(`${first} ${user}`);
    const guarded = rollout.check('cdc_on', 2)(note);
    expect([guarded.name, guarded.length]).toEqual(['note', 2]);
    expect(await guarded('a', 'ann')).toBe(1);
    const later = rollout.check(
      'cdc_on',
      2,
    )(async (first: string, user: string) => {
      await turn();
      return note(first, user);
    });
    expect(await later('b', 'ann')).toBe(2);
    for (const refused of [guarded('c', 'bob'), later('c', 'bob')])
      await expect(refused).rejects.toThrow(CallRefusedError);
    expect(calls).toEqual(['a ann', 'b ann']);
  });

  it('names function, functionality and unit in what a refused call throws', async () => {
    function execute(): void {}
    const refused = rollout.withCurrentId({ id: 'bob' }, rollout.check('cdc_on')(execute));
    await expect(refused).rejects.toMatchObject({
      code: 'not_acceptable_here',
      functionality: 'cdc_on',
      functionName: 'execute',
      unit: 'bob',
      message: 'execute was not called: the functionality "cdc_on" is not enabled for "bob"',
    });
  });

  it('passes on what the function throws, and needs an id to ask about', async () => {
    const failing = rollout.check('cdc_on')(() => {
      throw new RangeError('its own');
    });
    await expect(rollout.withCurrentId('ann', failing)).rejects.toThrow(new RangeError('its own'));
    await expect(failing()).rejects.toThrow('no current id is set');
    const second = rollout.check(
      'cdc_on',
      2,
    )(function execute(first: string, user?: string) {
      return `${first} ${user}`;
    });
    await expect(rollout.withCurrentId('ann', () => second('a'))).rejects.toThrow('argument 2 of execute is undefined');
  });

  it.each([0, -1, 1.5, NaN])('refuses %d for the position of an argument', (argument) => {
    expect(() => rollout.check('cdc_on', argument)).toThrow('is no position of an argument');
  });
});

it('enabled lets calls through while the functionality is switched on, for any caller', async () => {
  const guarded = rollout.enabled('cdc_on')(function execute(text: string) {
    return text;
  });
  expect(await rollout.withCurrentId('bob', () => guarded('done'))).toBe('done');
  await rollout.disable('cdc_on');
  await expect(rollout.withCurrentId('ann', () => guarded('done'))).rejects.toMatchObject({
    functionality: 'cdc_on',
    unit: undefined,
    message: 'execute was not called: the functionality "cdc_on" is not enabled',
  });
  await expect(rollout.enabled('unknown')(() => 1)()).rejects.toThrow(CallRefusedError);
});
