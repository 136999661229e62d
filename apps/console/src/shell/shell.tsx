import { Link, Outlet } from '@tanstack/react-router';
import { Menu as MenuIcon } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { showAsOf } from '../api/as-of.js';
import { useConfig } from '../api/config.js';
import { useSearchTexts } from '../ui/address.js';
import { IconButton } from '../ui/button.js';
import { cx } from '../ui/cx.js';
import { useSlot } from '../ui/slots.js';
import { Bands } from './bands.js';
import { LookMenu } from './look-menu.js';
import { PaletteOpener } from './palette-opener.js';
import { Rail } from './rail.js';
import css from './shell.module.css';

/** What is around every screen. */
export function Shell() {
  const { asof } = useSearchTexts();
  // Before the screens below read anything.
  showAsOf(asof);
  const [isRailOpen, openRail] = useState(false);
  const Who = useSlot('who');
  return (
    <div className={css['shell']}>
      <a className={css['skip']} href="#main" onClick={focusMain}>
        Skip to the page
      </a>
      <aside className={cx(css['rail'], isRailOpen && css['open'])} id="rail">
        <Link to="/" className={css['brand']} onClick={() => openRail(false)}>
          <span className={css['logo']} aria-hidden>
            H
          </span>
          Heksher
        </Link>
        <Environment />
        <Rail onLeave={() => openRail(false)} />
        <p className={css['version']}>
          <a href="../docs">API</a> · {useConfig().version}
        </p>
      </aside>
      <header className={css['header']}>
        <IconButton
          label="Menu"
          className={css['opener'] ?? ''}
          aria-expanded={isRailOpen}
          aria-controls="rail"
          onClick={() => openRail(!isRailOpen)}
        >
          <MenuIcon aria-hidden />
        </IconButton>
        <div className={css['search']}>
          <PaletteOpener />
        </div>
        <LookMenu />
        {Who !== undefined && <Who />}
      </header>
      <div className={css['bands']}>
        <Bands />
      </div>
      <main id="main" tabIndex={-1} className={css['main']}>
        {/* What is shown is read again when the time is another one. */}
        <Outlet key={asof ?? 'now'} />
      </main>
    </div>
  );
}

/** The fragment would be taken for a place below the base address, and not of this page. */
function focusMain(event: { preventDefault: () => void }): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}

/** Where one is, in words and in the colour that the operator gave it: set by script, since the policy forbids style attributes in markup. */
function Environment() {
  const { environment, environment_color } = useConfig();
  const place = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (environment_color !== undefined) place.current?.style.setProperty('--environment', environment_color);
  }, [environment_color]);
  if (environment === undefined) return null;
  return (
    <p ref={place} className={css['environment']}>
      {environment}
    </p>
  );
}
