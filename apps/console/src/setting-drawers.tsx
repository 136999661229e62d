import { type SettingView } from './api/queries.js';
import { useSearchTexts } from './ui/address.js';
import { useReadOnly } from './api/config.js';
import { lazyComponent } from './ui/lazy-component.js';

const RuleDrawers = lazyComponent(() => import('./rule/rule-drawers.js'), 'RuleDrawers');
const RolloutDrawers = lazyComponent(() => import('./rollout/rollout-drawers.js'), 'RolloutDrawers');

/** What is open beside a setting, by the address; nothing where nothing can be changed. */
export function SettingDrawers({ setting }: Readonly<{ setting: SettingView; etag: string | undefined }>) {
  const { edit, delete: deleted, off } = useSearchTexts();
  if (useReadOnly(setting.name) !== undefined) return null;
  const target = off ?? deleted ?? edit;
  if (target === undefined) return null;
  return target.includes('rollout') ? <RolloutDrawers setting={setting} /> : <RuleDrawers setting={setting} />;
}
