import { useReadOnly } from '../api/config.js';
import { useSearchTexts } from '../ui/address.js';
import { lazyComponent } from '../ui/lazy-component.js';

const RevertDrawer = lazyComponent(() => import('./revert-drawer.js'), 'RevertDrawer');

/** The drawer that `?revert=` opens, on any page. */
export function RevertHost() {
  const { revert } = useSearchTexts();
  const readOnly = useReadOnly();
  if (revert === undefined || !/^\d+$/.test(revert) || readOnly !== undefined) return null;
  return <RevertDrawer key={revert} seq={Number(revert)} />;
}
