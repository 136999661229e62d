import { Columns3, Download, UserRoundSearch } from 'lucide-react';
import { useState } from 'react';
import { formatJson } from '@heksher/core';
import { useConfig } from '../api/config.js';
import { plainOf } from '../api/exact.js';
import { useSetSearch } from '../ui/address.js';
import { Button } from '../ui/button.js';
import { Menu } from '../ui/menu.js';
import { toast } from '../ui/toast.js';
import { COLUMNS, type Column, isSortedBy, nextSort, USUAL } from './columns.js';
import { type SettingsFilter } from './filter-text.js';
import { type ListedSetting, settingsPages, type SettingsPageAnswer } from './settings-query.js';

type ListMenuProps = Readonly<{
  columns: readonly Column[];
  filter: SettingsFilter;
  sort: string;
  isContextOpen: boolean;
}>;

/** Which columns are shown, values for a context, and the list as a file. */
export function ListMenu({ columns, filter, sort, isContextOpen }: ListMenuProps) {
  const setSearch = useSetSearch();
  const { owner_key } = useConfig();
  const [isSaving, setSaving] = useState(false);
  const ids = columns.map(({ id }) => id);
  const toggle = (id: string): void => {
    const next = ids.includes(id) ? ids.filter((one) => one !== id) : [...ids, id];
    setSearch({ cols: next.join() === USUAL.join() ? undefined : next.join(',') });
  };
  const save = async (): Promise<void> => {
    setSaving(true);
    try {
      saveFile('settings.csv', await csvOf(settingsPages(filter, sort, owner_key, true).queryFn as LoadPage));
    } catch (error) {
      toast({ title: 'The list could not be saved', description: String(error), kind: 'failed' });
    }
    setSaving(false);
  };
  return (
    <>
      <Button aria-pressed={isContextOpen} onClick={() => setSearch({ ctx: isContextOpen ? undefined : '-' })}>
        <UserRoundSearch aria-hidden />
        Values for…
      </Button>
      <Menu
        trigger={
          <Button isPending={isSaving}>
            <Columns3 aria-hidden />
            Columns
          </Button>
        }
        entries={[
          ...COLUMNS.slice(1).map(({ id, title }) => ({
            label: title,
            isChecked: ids.includes(id),
            onSelect: () => toggle(id),
          })),
          'line' as const,
          ...COLUMNS.flatMap(({ title, sort: by }) =>
            by === undefined
              ? []
              : [
                  {
                    label: `Sort by ${title.toLowerCase()}`,
                    isChecked: isSortedBy(sort, by),
                    onSelect: () => setSearch({ sort: nextSort(sort, by) }),
                  },
                ],
          ),
          'line' as const,
          { label: 'Save as CSV', icon: <Download aria-hidden />, onSelect: () => void save() },
        ]}
      />
    </>
  );
}

type LoadPage = (page: { pageParam: string | null; signal: AbortSignal }) => Promise<SettingsPageAnswer>;

async function csvOf(load: LoadPage): Promise<string> {
  const rows = [
    [
      'name',
      'type',
      'default_value',
      'version',
      'configurable_features',
      'rules',
      'rollouts',
      'changed',
      'changed_by',
      'metadata',
    ],
  ];
  const { signal } = new AbortController();
  let pageParam: string | null = null;
  do {
    const page: SettingsPageAnswer = await load({ pageParam, signal });
    rows.push(...page.settings.map(rowOf));
    pageParam = page.next_cursor;
  } while (pageParam !== null);
  return rows.map((row) => row.map(cellOf).join(',')).join('\r\n');
}

function rowOf(setting: ListedSetting): string[] {
  return [
    setting.name,
    setting.type,
    formatJson(setting.default_value),
    setting.version,
    setting.configurable_features.join(' '),
    String(setting.rule_count),
    String(setting.rollout_count),
    setting.changed?.at ?? '',
    setting.changed?.actor ?? '',
    JSON.stringify(plainOf(setting.metadata)),
  ];
}

/** RFC 4180; what a spreadsheet would take for a formula is made a text. */
function cellOf(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function saveFile(name: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
