import { type SettingView } from './api/queries.js';
import { useReadOnly } from './api/config.js';
import { useSearchTexts, useSetSearch } from './ui/address.js';
import { lazyComponent } from './ui/lazy-component.js';
import { OpeningDrawer } from './ui/opening-drawer.js';

const RuleDrawers = lazyComponent(() => import('./rule/rule-drawers.js'), 'RuleDrawers', Opening);
const RolloutDrawers = lazyComponent(() => import('./rollout/rollout-drawers.js'), 'RolloutDrawers', Opening);

/** What is open beside a setting, by the address; nothing where nothing can be changed. */
export function SettingDrawers({ setting }: Readonly<{ setting: SettingView; etag: string | undefined }>) {
  const { edit, delete: deleted, off } = useSearchTexts();
  if (useReadOnly(setting.name) !== undefined) return null;
  const target = off ?? deleted ?? edit;
  if (target === undefined) return null;
  return target.includes('rollout') ? <RolloutDrawers setting={setting} /> : <RuleDrawers setting={setting} />;
}

function Opening() {
  const { edit, delete: deleted, off } = useSearchTexts();
  const setSearch = useSetSearch();
  const title = off === undefined && deleted === undefined ? titleOf(edit) : undefined;
  return title === undefined ? null : <OpeningDrawer title={title} onClose={() => setSearch({ edit: undefined })} />;
}

/** The title of what `?edit=` opens here; undefined where it is somebody else's. */
function titleOf(edit = ''): string | undefined {
  if (edit === 'new' || edit.startsWith('like-rule-')) return 'Add a rule';
  if (edit === 'new-rollout') return 'Add a rollout';
  if (edit === 'everyone') return 'A value for everyone';
  const [, kind, id] = /^(rule|rollout)-(\d+)$/.exec(edit) ?? [];
  return kind === undefined ? undefined : `${kind === 'rule' ? 'Rule' : 'Rollout'} ${id}`;
}
