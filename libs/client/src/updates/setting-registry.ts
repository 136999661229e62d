import { conflict, quoted } from '@heksher/core';
import { type DeclarationOutcome } from '../declaring/outcome.js';
import { type SettingReader } from '../reading.js';
import { type ValueSource } from '../resolution/fitting.js';
import { LiveReader, type ReaderSetup } from '../resolution/live-reader.js';
import { type ServedSetting } from '../resolution/prepare.js';
import { type AnySetting } from '../setting.js';
import { valueReaderOf } from '../values.js';

/** A setting that a client serves. */
export type Entry = {
  readonly setting: AnySetting;
  readonly reader: LiveReader;
  /** Where the setting had its values from before. */
  readonly earlierReader: SettingReader<unknown>;
  readonly source: ValueSource;
  /** Whether updates are for it, too; not before its declaration was tried. */
  isAdmitted: boolean;
  /** What the service made of the declaration; undefined before it was asked. */
  outcome: DeclarationOutcome | undefined;
  /** Its declaration was refused, and the program wants its declared default. */
  isLeftAlone: boolean;
  /** What the service calls it now. */
  canonicalName: string;
  served: ServedSetting | undefined;
};

/** The settings that a client serves. A setting is served by one client at a time. */
export class SettingRegistry {
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
  add(settings: readonly AnySetting[]): readonly Entry[] {
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

  /** Undoes `add`: settings read as they did before. */
  remove(entries: readonly Entry[]): void {
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

function makeEntry(setting: AnySetting, setup: ReaderSetup): Entry {
  const { name, type, defaultValue } = setting;
  return {
    setting,
    reader: new LiveReader(setting, setup),
    earlierReader: setting.reader,
    source: { name, readValue: valueReaderOf(type), defaultValue },
    isAdmitted: false,
    outcome: undefined,
    isLeftAlone: false,
    canonicalName: name,
    served: undefined,
  };
}
