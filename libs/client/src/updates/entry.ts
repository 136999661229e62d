import { type DeclarationOutcome } from '../declaring/outcome.js';
import { type ValueSource } from '../resolution/fitting.js';
import { LiveReader, type ReaderSetup } from '../resolution/live-reader.js';
import { type ServedSetting } from '../resolution/prepare.js';
import { type SettingReader } from '../reading.js';
import { type AnySetting } from '../setting.js';
import { valueReaderOf } from '../values/value-reader.js';

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

export function makeEntry(setting: AnySetting, setup: ReaderSetup): Entry {
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
