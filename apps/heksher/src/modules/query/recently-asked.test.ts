import { RecentlyAsked } from './recently-asked.js';

it('knows a text that was given before, and none that was not', () => {
  const asked = new RecentlyAsked();
  const texts = Array.from({ length: 1_000 }, (_, index) => `settings=s${index}&context_filters=user:(u${index})`);
  expect(texts.map((text) => asked.add(text))).not.toContain(true);
  expect(texts.map((text) => asked.add(text))).not.toContain(false);
});

it('forgets, so that its memory stays what it is', () => {
  const asked = new RecentlyAsked();
  asked.add('first');
  for (let index = 0; index < 400_000; index += 1) asked.add(`other ${index}`);
  expect(asked.add('first')).toBe(false);
});
