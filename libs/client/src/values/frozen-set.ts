function refuse(): never {
  throw new TypeError('the value of a setting cannot be changed; take a copy: new Set(value)');
}

const REFUSED: PropertyDescriptorMap = { add: { value: refuse }, delete: { value: refuse }, clear: { value: refuse } };

/** A set that refuses changes when the program runs, too. It is a plain Set, so that tests find it equal to others. */
export function frozenSet<T>(items: Iterable<T>): ReadonlySet<T> {
  return Object.freeze(Object.defineProperties(new Set(items), REFUSED));
}
