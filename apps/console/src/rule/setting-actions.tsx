import { ChevronDown, ListPlus, Percent, Users } from 'lucide-react';
import { useReadOnly } from '../api/config.js';
import { type SettingView } from '../api/queries.js';
import { useSetSearch } from '../ui/address.js';
import { Button } from '../ui/button.js';
import { Menu } from '../ui/menu.js';

/** `Add`, in the head of a setting. */
export function SettingActions({ setting }: Readonly<{ setting: SettingView }>) {
  const setSearch = useSetSearch();
  if (useReadOnly(setting.name) !== undefined) return null;
  const open = (edit: string) => () => setSearch({ edit }, true);
  return (
    <Menu
      trigger={
        <Button kind="primary">
          Add <ChevronDown aria-hidden />
        </Button>
      }
      entries={[
        { label: 'A rule', icon: <ListPlus aria-hidden />, onSelect: open('new') },
        { label: 'A rollout', icon: <Percent aria-hidden />, onSelect: open('new-rollout') },
        'line',
        { label: 'A value for everyone', icon: <Users aria-hidden />, onSelect: open('everyone') },
      ]}
    />
  );
}
