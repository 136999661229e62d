/** A set that refuses changes when the program runs, too. */
export class FrozenSet<T> extends Set<T> {
  constructor(items: Iterable<T>) {
    super();
    for (const item of items) super.add(item);
  }

  override add(): never {
    throw new TypeError('the value of a setting cannot be changed; take a copy: new Set(value)');
  }

  override delete(): never {
    return this.add();
  }

  override clear(): never {
    return this.add();
  }
}
