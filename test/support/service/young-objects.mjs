/**
 * Loaded into a service before it starts (`--allow-natives-syntax --import`): at SIGUSR2 it makes so many objects by one literal that live on, as V8
 * makes the next ones of such a literal among the old unless it is told not to, and prints how many of the next 1 000 are young.
 */
const isYoung = new Function('object', 'return %InYoungGeneration(object)');
const make = (index) => ({ index, text: 'x', more: [index] });
const kept = [];

process.on('SIGUSR2', () => {
  while (kept.length < 800_000) kept.push(make(kept.length));
  let young = 0;
  for (let index = 0; index < 1_000; index += 1) if (isYoung(make(index))) young += 1;
  kept.length = 0;
  console.log(`young objects: ${young}`);
});
