import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Operations } from '../difference/operations.js';
import { usePathPart } from '../ui/address.js';
import { Affected } from '../ui/affected.js';
import { Failure } from '../ui/failure.js';
import { Page } from '../ui/page.js';
import { Skeleton } from '../ui/skeleton.js';
import { Time } from '../ui/time.js';
import { ChangesetActions } from './changeset-actions.js';
import css from './changesets.module.css';
import { type Changeset, changesetQuery } from './changeset-queries.js';
import { StateChip } from './state-chip.js';

/** One change set: what it changes, what became of it, and what can be decided. */
export function ChangesetPage() {
  const id = usePathPart('id');
  const { data: changeset, error, refetch } = useQuery(changesetQuery(id));
  return (
    <Page
      title={`Change set ${id}`}
      trail={<Link to="/change-sets">Change sets</Link>}
      aside={changeset !== undefined && <StateChip state={changeset.state} />}
    >
      {error !== null && changeset === undefined && <Failure error={error} retry={() => void refetch()} />}
      {changeset === undefined && error === null && <Skeleton rows={5} />}
      {changeset !== undefined && (
        <>
          {changeset.message !== null && <p className={css['message']}>{changeset.message}</p>}
          <div className={css['columns']}>
            <section className={css['part']}>
              <h2>What it changes</h2>
              <Operations operations={changeset.operations} problems={conflictsOf(changeset)} />
            </section>
            <div className={css['side']}>
              <Course changeset={changeset} />
              {changeset.affected !== undefined && (
                <section className={css['part']}>
                  <h3>What it would do now</h3>
                  <Affected affected={changeset.affected} />
                </section>
              )}
              <ChangesetActions changeset={changeset} />
            </div>
          </div>
        </>
      )}
    </Page>
  );
}

type Failing = Readonly<{
  message?: string;
  detail?: string;
  errors?: readonly Readonly<{ operation?: number; message: string }>[];
}>;

/** Why it would fail now, or has, by the operation. */
function conflictsOf({ conflicts, failure }: Changeset): ReadonlyMap<number, readonly string[]> {
  const { errors = [] } = (conflicts ?? failure ?? {}) as Failing;
  return new Map(errors.flatMap(({ operation, message }) => (operation === undefined ? [] : [[operation, [message]]])));
}

/** What happened to it, in the order of time. */
function Course({ changeset }: Readonly<{ changeset: Changeset }>) {
  const {
    author,
    created_at,
    editors,
    approvals,
    approvals_needed,
    apply_at,
    state,
    decided_at,
    seq,
    failure,
    conflicts,
  } = changeset;
  const failing = (conflicts ?? failure) as Failing | null | undefined;
  return (
    <section className={css['part']}>
      <h2>Its course</h2>
      <ul className={css['course']}>
        <li>
          made by {author ?? 'somebody unknown'}, <Time at={created_at} />
        </li>
        {editors.length > 0 && <li>edited by {editors.join(', ')}</li>}
        {approvals.map(({ actor, at }) => (
          <li key={actor}>
            approved by {actor}, <Time at={at} />
          </li>
        ))}
        {state === 'proposed' && (
          <li>
            {approvals_needed === undefined || approvals_needed === 0
              ? 'waits; it needs no approval'
              : `waits: ${approvals.length} of ${approvals_needed} approvals`}
          </li>
        )}
        {apply_at !== null && decided_at === null && (
          <li>
            is to be applied <Time at={apply_at} />
          </li>
        )}
        {decided_at !== null && (
          <li>
            {state}, <Time at={decided_at} />
            {seq !== null && (
              <>
                {' as '}
                <Link to="/changes/$seq" params={{ seq: String(seq) }}>
                  change {seq}
                </Link>
              </>
            )}
          </li>
        )}
      </ul>
      {failing != null && (
        <p role="alert" className={css['problem']}>
          {conflicts === undefined ? 'It failed: ' : 'It would fail now: '}
          {failing.message ?? failing.detail ?? failing.errors?.[0]?.message ?? 'for a reason that is not said'}
        </p>
      )}
    </section>
  );
}
