import { SettingDrawers } from './setting-drawers.js';
import { lazyComponent } from './ui/lazy-component.js';
import { type Slots } from './ui/slots.js';

const AsOfButton = lazyComponent(() => import('./history/as-of.js'), 'AsOfButton');
const AsOfBand = lazyComponent(() => import('./history/as-of.js'), 'AsOfBand');
const RevertHost = lazyComponent(() => import('./history/revert-host.js'), 'RevertHost');
const Live = lazyComponent(() => import('./live/live.js'), 'Live');
const LiveSign = lazyComponent(() => import('./live/live-sign.js'), 'LiveSign');
const Tray = lazyComponent(() => import('./changesets/tray.js'), 'Tray');
const WhoMenu = lazyComponent(() => import('./auth/who-menu.js'), 'WhoMenu');

/** Who fills which slot; each component is loaded with the screen that shows it. */
export const slots: Partial<Slots> = {
  who: () => (
    <>
      <LiveSign />
      <AsOfButton />
      <WhoMenu />
    </>
  ),
  bands: () => (
    <>
      <AsOfBand />
      <Live />
      <RevertHost />
      <Tray />
    </>
  ),
  lineActions: lazyComponent(() => import('./rule/line-actions.js'), 'LineActions'),
  settingActions: lazyComponent(() => import('./rule/setting-actions.js'), 'SettingActions'),
  settingDrawers: SettingDrawers,
  listActions: lazyComponent(() => import('./declare/declare-link.js'), 'DeclareLink'),
};
