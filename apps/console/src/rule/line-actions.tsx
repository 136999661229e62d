import { CopyPlus, Pencil, Power, Trash2 } from 'lucide-react';
import { useReadOnly } from '../api/config.js';
import { type Line, type SettingView } from '../api/queries.js';
import { isOverride, lineKey, lineName } from '../matrix/lines.js';
import { useSetSearch } from '../ui/address.js';
import { IconButton } from '../ui/button.js';
import css from './rule.module.css';

/** What can be done with a line: the address says what is open, so each can be linked to. */
export function LineActions({ setting, line }: Readonly<{ setting: SettingView; line: Line }>) {
  const setSearch = useSetSearch();
  if (useReadOnly(setting.name) !== undefined) return null;
  const key = lineKey(line);
  const name = lineName(line);
  const edited = isOverride(line) ? 'everyone' : key;
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
      <IconButton label={`Delete ${name}`} onClick={() => setSearch({ delete: key }, true)}>
        <Trash2 aria-hidden />
      </IconButton>
    </span>
  );
}
