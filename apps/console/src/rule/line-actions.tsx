import { CopyPlus, Ellipsis, History, Link, Pencil, Power, Terminal, Trash2 } from 'lucide-react';
import { useNavigate } from '@tanstack/react-router';
import { useReadOnly } from '../api/config.js';
import { type Line, type SettingView } from '../api/queries.js';
import { isOverride, lineKey, lineName } from '../matrix/lines.js';
import { useSetSearch } from '../ui/address.js';
import { IconButton } from '../ui/button.js';
import { copyText } from '../ui/copy.js';
import { Menu, type MenuEntry } from '../ui/menu.js';
import css from './rule.module.css';

/** What can be done with a line: the address says what is open, so each can be linked to. */
export function LineActions({ setting, line }: Readonly<{ setting: SettingView; line: Line }>) {
  const setSearch = useSetSearch();
  const isReadOnly = useReadOnly(setting.name) !== undefined;
  const key = lineKey(line);
  const name = lineName(line);
  const edited = isOverride(line) ? 'everyone' : key;
  const remove: MenuEntry = {
    label: `Delete ${name}`,
    icon: <Trash2 aria-hidden />,
    isDanger: true,
    onSelect: () => setSearch({ delete: key }, true),
  };
  const more = <LineMenu setting={setting} line={line} entries={isReadOnly ? [] : ['line', remove]} />;
  if (isReadOnly) return <span className={css['actions']}>{more}</span>;
  return (
    <span className={css['actions']}>
      {line.kind === 'rollout' && line.enabled && (
        <IconButton label={`Switch ${name} off`} onClick={() => setSearch({ off: key }, true)}>
          <Power aria-hidden />
        </IconButton>
      )}
      <IconButton label={`Edit ${name}`} onClick={() => setSearch({ edit: edited }, true)}>
        <Pencil aria-hidden />
      </IconButton>
      {line.kind === 'rule' && !isOverride(line) && (
        <IconButton label={`Make one like ${name}`} onClick={() => setSearch({ edit: `like-${key}` }, true)}>
          <CopyPlus aria-hidden />
        </IconButton>
      )}
      {more}
    </span>
  );
}

type LineMenuProps = Readonly<{ setting: SettingView; line: Line; entries: readonly (MenuEntry | 'line')[] }>;

/** What takes a line elsewhere, for whoever may look at it, and before the end what else may be done. */
function LineMenu({ setting, line, entries }: LineMenuProps) {
  const navigate = useNavigate();
  const key = lineKey(line);
  const name = lineName(line);
  const address = line.kind === 'rule' ? `rules/${line.rule_id}` : `rollouts/${line.rollout_id}`;
  const link = () => {
    const url = new URL(window.location.href);
    for (const open of ['edit', 'off', 'delete']) url.searchParams.delete(open);
    url.searchParams.set('row', key);
    copyText(url.href, 'the link');
  };
  return (
    <Menu
      trigger={
        <IconButton label={`More of ${name}`}>
          <Ellipsis aria-hidden />
        </IconButton>
      }
      entries={[
        { label: `Copy the link to ${name}`, icon: <Link aria-hidden />, onSelect: link },
        {
          label: 'Copy as a curl command',
          icon: <Terminal aria-hidden />,
          onSelect: () => copyText(`curl -s ${new URL(`../api/v1/${address}`, document.baseURI).href}`, 'the command'),
        },
        {
          label: 'History of the line',
          icon: <History aria-hidden />,
          onSelect: () =>
            void navigate({
              to: '/settings/$name/history',
              params: { name: setting.name },
              search: { line: key } as never,
            }),
        },
        ...entries,
      ]}
    />
  );
}
