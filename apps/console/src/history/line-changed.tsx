import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { shownAsOf } from '../api/as-of.js';
import { request } from '../api/client.js';
import { keys, type Line, type SettingView } from '../api/queries.js';
import { lineKey } from '../matrix/lines.js';
import { Time } from '../ui/time.js';
import { lastChangesOf } from './last-changes.js';

/** So many entries are looked through, the newest. */
const ENTRIES = 100;

/** When and by whom a line was changed last, where that is among the newest changes of its setting. */
export function LineChanged({ setting, line }: Readonly<{ setting: SettingView; line: Line }>) {
  const { name } = setting;
  // The past has its own history, and no list of what was new then.
  const { data } = useQuery({
    queryKey: [...keys.history, 'lines', name],
    queryFn: async ({ signal }) => {
      const { data: page } = await request('get', '/api/v1/history', {
        query: { setting: name, limit: ENTRIES },
        signal,
      });
      return { changes: lastChangesOf(page.entries, name), isAll: page.next_cursor === null };
    },
    enabled: shownAsOf() === undefined,
  });
  if (data === undefined) return null;
  const change = data.changes.get(lineKey(line));
  if (change === undefined) return data.isAll ? 'before the log begins' : 'earlier';
  return (
    <Link to="/changes/$seq" params={{ seq: String(change.seq) }}>
      <Time at={change.at} /> by {change.actor}
    </Link>
  );
}
