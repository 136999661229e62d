import { useSearchTexts } from '../ui/address.js';
import { Page } from '../ui/page.js';
import { FilterBar } from './filter-bar.js';
import { Timeline } from './timeline.js';

/** What was changed of everything. */
export function ChangesPage() {
  const { actor, from, to, setting } = useSearchTexts();
  return (
    <Page title="Changes">
      <FilterBar />
      <Timeline
        filter={{ setting, actor, from, to }}
        nothing={<p>The change log has nothing that fits. It is kept for as long as HEKSHER_CHANGE_LOG_DAYS says.</p>}
      />
    </Page>
  );
}
