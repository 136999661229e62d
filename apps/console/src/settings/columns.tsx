import { Link } from '@tanstack/react-router';
import { type ReactNode } from 'react';
import { metadataText } from '../api/exact.js';
import { Value } from '../matrix/value.js';
import { Chip } from '../ui/chip.js';
import { Time } from '../ui/time.js';
import css from './settings.module.css';
import { Marked } from './marked.js';
import { type ListedSetting } from './settings-query.js';

type Shown = Readonly<{ setting: ListedSetting; text: string; ownerKey: string }>;

export type Column = Readonly<{
  id: string;
  title: string;
  /** A track of CSS grid. */
  track: string;
  /** What the service sorts by. */
  sort?: string;
  isNumber?: boolean;
  cell: (shown: Shown) => ReactNode;
}>;

const count = (value: number | undefined): ReactNode =>
  value === undefined || value === 0 ? <span className={css['zero']}>0</span> : value.toLocaleString('en');

export const COLUMNS: readonly Column[] = [
  {
    id: 'name',
    title: 'Name',
    track: 'minmax(160px, 3fr)',
    sort: 'name',
    cell: ({ setting, text }) => (
      <span className={css['name']}>
        <Link to="/settings/$name" params={{ name: setting.name }} data-open>
          <Marked text={setting.name} part={text} />
        </Link>
        <bdi className={css['description']}>{metadataText(setting.metadata, 'description')}</bdi>
      </span>
    ),
  },
  {
    id: 'type',
    title: 'Type',
    track: 'minmax(60px, 1fr)',
    cell: ({ setting }) => (
      <Chip isMono kind="accent">
        <span className={css['cut']} title={setting.type}>
          {setting.type}
        </span>
      </Chip>
    ),
  },
  {
    id: 'default',
    title: 'Default',
    track: 'minmax(70px, 1.2fr)',
    cell: ({ setting }) => <Value value={setting.default_value} most={40} />,
  },
  {
    id: 'rules',
    title: 'Rules',
    track: '60px',
    sort: '-rule_count',
    isNumber: true,
    cell: ({ setting }) => count(setting.rule_count),
  },
  {
    id: 'rollouts',
    title: 'Rollouts',
    track: '80px',
    sort: '-rollout_count',
    isNumber: true,
    cell: ({ setting }) => count(setting.rollout_count),
  },
  {
    id: 'findings',
    title: 'Findings',
    track: '72px',
    isNumber: true,
    cell: ({ setting: { finding_count = 0 } }) =>
      finding_count > 0 ? <Chip kind="warn">{finding_count}</Chip> : count(0),
  },
  {
    id: 'owner',
    title: 'Owner',
    track: 'minmax(70px, 1fr)',
    cell: ({ setting, ownerKey }) => <bdi className={css['soft']}>{metadataText(setting.metadata, ownerKey)}</bdi>,
  },
  {
    id: 'changed',
    title: 'Changed',
    track: 'minmax(90px, 1.2fr)',
    sort: '-changed',
    cell: ({ setting: { changed } }) => (changed == null ? <NotChanged /> : <Changed {...changed} />),
  },
  { id: 'version', title: 'Version', track: '76px', cell: ({ setting }) => `v${setting.version}` },
  {
    id: 'features',
    title: 'By',
    track: 'minmax(100px, 1fr)',
    cell: ({ setting }) => setting.configurable_features.join(', '),
  },
  { id: 'aliases', title: 'Aliases', track: 'minmax(90px, 1fr)', cell: ({ setting }) => setting.aliases.join(', ') },
];

export const USUAL = ['name', 'type', 'default', 'rules', 'rollouts', 'findings', 'owner', 'changed'];

function Changed({ seq, at, actor }: NonNullable<ListedSetting['changed']>) {
  return (
    <span className={css['changed']}>
      <Link to="/changes/$seq" params={{ seq: String(seq) }} className={css['quiet']}>
        <Time at={at} />
      </Link>
      <span>{actor}</span>
    </span>
  );
}

function NotChanged() {
  return (
    <span className={css['zero']} title="not since the change log begins, or the database does not answer">
      –
    </span>
  );
}

/** Whether the list is sorted by what a column sorts by, either way. */
export function isSortedBy(sort: string, by: string): boolean {
  return sort.replace('-', '') === by.replace('-', '');
}

/** As the column sorts usually; the other way round where it is sorted by it already. */
export function nextSort(sort: string, by: string): string {
  if (!isSortedBy(sort, by)) return by;
  return sort.startsWith('-') ? sort.slice(1) : `-${sort}`;
}

/** Those that `cols=` in the address names; `meta.team` is a key of metadata. */
export function columnsNamed(text: string | undefined): readonly Column[] {
  const ids = text === undefined ? USUAL : ['name', ...text.split(',').filter((id) => id !== 'name')];
  return ids.flatMap((id) => {
    const known = COLUMNS.find((column) => column.id === id);
    if (known !== undefined) return [known];
    return id.startsWith('meta.') ? [metadataColumn(id.slice(5))] : [];
  });
}

function metadataColumn(key: string): Column {
  return {
    id: `meta.${key}`,
    title: key,
    track: 'minmax(80px, 1fr)',
    cell: ({ setting }) => <bdi className={css['soft']}>{metadataText(setting.metadata, key)}</bdi>,
  };
}
