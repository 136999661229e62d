import { type SettingType } from '@heksher/core';
import { type ComponentType } from 'react';
import { type Draft } from './draft.js';
import { type Path } from './draft-path.js';

type TypeOf<Kind> = Kind extends 'enum' | 'flags'
  ? Readonly<{ kind: Kind; options: readonly string[] }>
  : Kind extends 'sequence' | 'mapping'
    ? Readonly<{ kind: Kind; item: SettingType }>
    : Kind extends SettingType['kind']
      ? Readonly<{ kind: Kind }>
      : never;

/** What every editor takes; each file of this folder is the editor of a kind of type. */
export type EditorProps<Kind extends SettingType['kind'] = SettingType['kind'], D extends Draft = Draft> = Readonly<{
  type: TypeOf<Kind>;
  draft: D;
  onChange: (draft: Draft) => void;
  /** What it is called; not shown where it stands in a list, which has its number or key. */
  label: string;
  isInside: boolean;
  /** Of the member of the body, for what the service refuses. */
  pointer?: string | undefined;
  path: Path;
  /** Shows a nested part by itself. */
  onOpen: (path: Path) => void;
  /** How many lists and mappings it is in on this screen. */
  depth: number;
  /** The editor of a part, of whatever type. */
  Part: ComponentType<Omit<EditorProps, 'Part'>>;
}>;

/** Whether the editor needs a line of its own in a list. */
export function isWide({ kind }: SettingType): boolean {
  return kind === 'sequence' || kind === 'mapping' || kind === 'flags';
}

export type DraftOf<Kind extends Draft['kind']> = Extract<Draft, { kind: Kind }>;
