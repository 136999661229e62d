import fc from 'fast-check';
import { LineBuffer } from './line-buffer.js';

const limits = { maxLines: 5, maxBytes: 20 };
const step = fc.option(fc.string({ unit: 'grapheme', maxLength: 9 }), { freq: 3 });

describe('LineBuffer', () => {
  it('behaves like a list that loses from its front, and never passes a limit', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const buffer = new LineBuffer(limits);
        const model: string[] = [];
        const weigh = () => Buffer.byteLength(model.join(''));
        for (const line of steps) {
          if (line === null) {
            expect(buffer.shift()).toBe(model.shift());
          } else if (Buffer.byteLength(line) > limits.maxBytes) {
            expect(buffer.push(line)).toBe(1);
          } else {
            const before = model.length;
            model.push(line);
            while (model.length > limits.maxLines || weigh() > limits.maxBytes) model.shift();
            expect(buffer.push(line)).toBe(before + 1 - model.length);
          }
          expect([buffer.size, buffer.bytes]).toEqual([model.length, weigh()]);
        }
      }),
    );
  });

  it('refuses a line longer than all of it and keeps the others', () => {
    const buffer = new LineBuffer(limits);
    buffer.push('kept');
    expect(buffer.push('x'.repeat(21))).toBe(1);
    expect(buffer.shift()).toBe('kept');
    expect(buffer.shift()).toBeUndefined();
  });
});
