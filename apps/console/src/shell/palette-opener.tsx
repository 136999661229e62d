import { Search } from 'lucide-react';
import { useState } from 'react';
import { isSingleKey, useKeys } from '../ui/keys.js';
import { lazyComponent } from '../ui/lazy-component.js';
import css from './shell.module.css';

const Palette = lazyComponent(() => import('../palette/palette.js'), 'Palette');
const KeysHelp = lazyComponent(() => import('./keys-help.js'), 'KeysHelp');

/** The box in the header; Ctrl K and `.` open it from anywhere, and `?` a list of keys. */
export function PaletteOpener() {
  const [open, setOpen] = useState<'palette' | 'keys'>();
  useKeys((event) => {
    const isChord = event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey);
    const isSingle = isSingleKey(event);
    if (isChord || (isSingle && event.key === '.')) {
      event.preventDefault();
      setOpen('palette');
    } else if (isSingle && event.key === '?') setOpen('keys');
  });
  const close = (): void => setOpen(undefined);
  return (
    <>
      <button type="button" className={css['palette']} aria-haspopup="dialog" onClick={() => setOpen('palette')}>
        <Search aria-hidden />
        <span>Search settings, values, rules</span>
        <kbd>Ctrl K</kbd>
      </button>
      {open === 'palette' && <Palette onClose={close} />}
      {open === 'keys' && <KeysHelp onClose={close} />}
    </>
  );
}
