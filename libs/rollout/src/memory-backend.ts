import { type Backend } from './backend.js';
import { unknownFunctionality } from './errors.js';
import {
  type Change,
  changed,
  decide,
  type Decision,
  defined,
  type Definition,
  type Functionality,
  REFUSED,
} from './functionality.js';

type Entry = { functionality: Functionality; readonly units: Set<string> };

/** Keeps functionalities in this process: for development, tests, and rollouts that are fixed by the code. */
export class MemoryBackend implements Backend {
  readonly #entries = new Map<string, Entry>();

  list(): readonly string[] {
    return [...this.#entries.keys()].sort();
  }

  find(name: string): Functionality | undefined {
    return this.#entries.get(name)?.functionality;
  }

  add(name: string, definition: Definition): void {
    const entry = this.#entries.get(name);
    const functionality = defined(name, entry?.functionality, definition);
    const units = entry === undefined || definition.reset ? new Set<string>() : entry.units;
    this.#entries.set(name, { functionality, units });
  }

  change(name: string, change: Change): void {
    const entry = this.#entry(name);
    entry.functionality = changed(entry.functionality, change);
  }

  register(name: string, unit: string): void {
    this.#entry(name).units.add(unit);
  }

  decide(name: string, unit: string | undefined): Decision {
    const entry = this.#entries.get(name);
    if (entry === undefined) return REFUSED;
    return decide(entry.functionality, unit, unit !== undefined && entry.units.has(unit));
  }

  close(): void {
    this.#entries.clear();
  }

  #entry(name: string): Entry {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw unknownFunctionality(name);
    return entry;
  }
}
