import { conflict, quoted } from '@heksher/core';
import { LiveReader, type ReaderSetup } from '../resolution/live-reader.js';
import { type AnySetting } from '../setting.js';
import { type Entry, makeEntry } from './entry.js';

/** The settings that a client serves. A setting is served by one client at a time. */
export class Roll {
  private readonly byName = new Map<string, Entry>();

  constructor(private readonly setup: ReaderSetup) {}

  entries(): readonly Entry[] {
    return [...this.byName.values()];
  }

  /** By the name that is declared. */
  find(name: string): Entry | undefined {
    return this.byName.get(name);
  }

  /** Takes settings up, which read from here on; those that are here already are passed over. Throws 'conflict'. */
  enlist(settings: readonly AnySetting[]): readonly Entry[] {
    const fresh = [...new Set(settings)].filter((setting) => this.find(setting.name)?.setting !== setting);
    const names = new Set(this.byName.keys());
    for (const { name, reader } of fresh) {
      if (names.has(name)) throw conflict(`two settings are called ${quoted(name)}; a client serves one of each name`);
      names.add(name);
      if (!(reader instanceof LiveReader) || reader.isReleased) continue;
      throw conflict(`the setting ${quoted(name)} is served by another client; close that first`);
    }
    return fresh.map((setting) => {
      const entry = makeEntry(setting, this.setup);
      setting.reader = entry.reader;
      this.byName.set(setting.name, entry);
      return entry;
    });
  }

  /** Undoes enlisting: settings read as they did before. */
  dismiss(entries: readonly Entry[]): void {
    for (const { setting, reader, earlierReader } of entries) {
      this.byName.delete(setting.name);
      reader.isReleased = true;
      if (setting.reader === reader) setting.reader = earlierReader;
    }
  }

  /** Lets other clients take the settings up; they keep their values until then. */
  release(): void {
    for (const { reader } of this.byName.values()) reader.isReleased = true;
  }
}
