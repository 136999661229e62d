import fc from 'fast-check';
import { toPlainValue } from './plain-value.js';

/** Through JSON, as an output would print it. */
const printed = (value: unknown): unknown => JSON.parse(JSON.stringify(toPlainValue(value)));

function raise(): never {
  throw new Error('no');
}

describe('toPlainValue', () => {
  it('prints whatever JSON.stringify can print just as that does', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        expect(JSON.stringify(toPlainValue(value))).toBe(JSON.stringify(value));
      }),
    );
  });

  it('never throws, and neither does JSON.stringify on its answer', () => {
    const odd = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withSet: true,
    });
    fc.assert(fc.property(odd, (value) => void JSON.stringify({ value: toPlainValue(value) })));
  });

  it('names a cycle, but not a value that merely appears twice', () => {
    const shared = { x: 1 };
    const cycle: Record<string, unknown> = { first: shared, second: shared };
    cycle.self = cycle;
    expect(printed(cycle)).toEqual({ first: { x: 1 }, second: { x: 1 }, self: '[circular]' });
  });

  it('keeps every digit of a BigInt', () => {
    expect(printed({ id: 2n ** 70n })).toEqual({ id: '1180591620717411303424' });
  });

  it('loses only what cannot be read', () => {
    const value = {
      fine: 1,
      get bad(): never {
        return raise();
      },
      worse: new Proxy({}, { ownKeys: () => raise() }),
      date: new Date(NaN),
    };
    expect(printed(value)).toEqual({ fine: 1, bad: '[unreadable]', worse: '[unreadable]', date: null });
  });

  it('cuts off what is nested too deep for the stack', () => {
    const deep: unknown = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));
    expect(JSON.stringify(printed(deep))).toBe(`${'['.repeat(16)}"[too deep]"${']'.repeat(16)}`);
  });

  it('takes name, message, stack, code and cause of an error, and nothing a driver hung on it', () => {
    const cause = Object.assign(new TypeError('below'), { code: 'ECONNRESET' });
    const error = Object.assign(new Error('above', { cause }), { query: 'select 1', parameters: ['secret'] });
    expect(printed({ error })).toEqual({
      error: {
        name: 'Error',
        message: 'above',
        stack: error.stack,
        cause: { name: 'TypeError', message: 'below', stack: cause.stack, code: 'ECONNRESET' },
      },
    });
  });

  it('follows a cause that leads back to its error only once', () => {
    const error = new Error('round');
    error.cause = error;
    expect(printed(error)).toMatchObject({ message: 'round', cause: '[circular]' });
  });
});
