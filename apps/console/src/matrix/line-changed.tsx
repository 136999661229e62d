import { Link } from '@tanstack/react-router';
import { type Line } from '../api/queries.js';
import { Time } from '../ui/time.js';

/** When and by whom a line was changed last, which leads to what was changed then. */
export function LineChanged({ change }: Readonly<{ change: Line['changed'] }>) {
  // The database does not answer.
  if (change === undefined) return null;
  // It is not among the newest changes of its setting, or the log does not reach back to it.
  if (change === null) return 'earlier';
  return (
    <Link to="/changes/$seq" params={{ seq: String(change.seq) }}>
      <Time at={change.at} /> by {change.actor}
    </Link>
  );
}
