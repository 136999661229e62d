import { Keyboard, Monitor, Moon, Rows3, Rows4, Sun } from 'lucide-react';
import { IconButton } from '../ui/button.js';
import { Menu } from '../ui/menu.js';
import { setLook, useLook } from '../ui/look.js';

const THEMES = [
  { theme: 'system', label: 'As the system', icon: Monitor },
  { theme: 'light', label: 'Light', icon: Sun },
  { theme: 'dark', label: 'Dark', icon: Moon },
] as const;

/** Theme and density, kept in this browser. */
export function LookMenu() {
  const look = useLook();
  const Current = THEMES.find(({ theme }) => theme === look.theme)?.icon ?? Sun;
  const isCompact = look.density === 'compact';
  return (
    <Menu
      trigger={
        <IconButton label="Look">
          <Current aria-hidden />
        </IconButton>
      }
      entries={[
        ...THEMES.map(({ theme, label, icon: Icon }) => ({
          label,
          icon: <Icon aria-hidden />,
          isChecked: look.theme === theme,
          onSelect: () => setLook({ theme }),
        })),
        'line' as const,
        {
          label: 'Keys without Ctrl',
          icon: <Keyboard aria-hidden />,
          isChecked: look.singleKeys === 'on',
          onSelect: () => setLook({ singleKeys: look.singleKeys === 'on' ? 'off' : 'on' }),
        },
        {
          label: 'Compact rows',
          icon: isCompact ? <Rows4 aria-hidden /> : <Rows3 aria-hidden />,
          isChecked: isCompact,
          onSelect: () => setLook({ density: isCompact ? 'comfortable' : 'compact' }),
        },
      ]}
    />
  );
}
