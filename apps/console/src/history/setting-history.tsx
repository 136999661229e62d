import { usePathPart, useSearchTexts } from '../ui/address.js';
import { FilterBar } from './filter-bar.js';
import { Timeline } from './timeline.js';

/** What was changed of a setting, under all names that it had. */
export function SettingHistory() {
  const setting = usePathPart('name');
  const { actor, from, to, line } = useSearchTexts();
  return (
    <>
      <FilterBar />
      <Timeline
        filter={{ setting, actor, from, to }}
        line={line}
        nothing={<p>The change log has nothing of it that fits.</p>}
      />
    </>
  );
}
