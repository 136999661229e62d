import { type SettingView } from './api/queries.js';
import { useReadOnly } from './api/config.js';
import { useLineRequests } from './matrix/line-requests.js';
import { isOverride, lineKey } from './matrix/lines.js';
import { useSearchTexts, useSetSearch } from './ui/address.js';
import { isSingleKey, useKeys } from './ui/keys.js';
import { lazyComponent } from './ui/lazy-component.js';
import { OpeningDrawer } from './ui/opening-drawer.js';

const RuleDrawers = lazyComponent(() => import('./rule/rule-drawers.js'), 'RuleDrawers', Opening);
const RolloutDrawers = lazyComponent(() => import('./rollout/rollout-drawers.js'), 'RolloutDrawers', Opening);

/** What is open beside a setting, by the address; nothing where nothing can be changed. */
export function SettingDrawers({ setting }: Readonly<{ setting: SettingView; etag: string | undefined }>) {
  const { edit, delete: deleted, off } = useSearchTexts();
  const isReadOnly = useReadOnly(setting.name) !== undefined;
  useKeysOf(setting, isReadOnly);
  if (isReadOnly) return null;
  const target = off ?? deleted ?? edit;
  if (target === undefined) return null;
  return target.includes('rollout') ? <RolloutDrawers setting={setting} /> : <RuleDrawers setting={setting} />;
}

/** `n` begins a rule, and the keys of a line open what they ask for: at once, whether or not the buttons for that are loaded. */
function useKeysOf({ lines }: SettingView, isReadOnly: boolean): void {
  const setSearch = useSetSearch();
  useKeys((event) => {
    if (event.key !== 'n' || isReadOnly || !isSingleKey(event)) return;
    event.preventDefault();
    setSearch({ edit: 'new' }, true);
  });
  useLineRequests(({ action, line: key }) => {
    const line = lines.find((one) => lineKey(one) === key);
    if (line === undefined || isReadOnly) return;
    if (action === 'delete') setSearch({ delete: key }, true);
    if (action === 'edit') setSearch({ edit: isOverride(line) ? 'everyone' : key }, true);
    if (action === 'duplicate' && line.kind === 'rule' && !isOverride(line)) setSearch({ edit: `like-${key}` }, true);
  });
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
