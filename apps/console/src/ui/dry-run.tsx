import { useQuery } from '@tanstack/react-query';
import { isApiError } from '../api/api-error.js';
import { type Answer } from '../api/client.js';
import { Affected, type AffectedView } from './affected.js';
import css from './dry-run.module.css';
import { useRested } from './use-rested.js';

type DryRunProps = Readonly<{
  /** Equal for equal writes; undefined: there is nothing to try out yet. */
  of: string | undefined;
  /** Sends the write with `dry_run=true`. */
  send: (signal: AbortSignal) => Promise<Answer<unknown>>;
  isOneSetting?: boolean;
  isWithFindings?: boolean;
}>;

/** What the service says a write would change, when typing rests. */
export function DryRun({ of, send, isOneSetting = true, isWithFindings = true }: DryRunProps) {
  const { affected, refused, isFetching } = useDryRun(of, send);
  if (of === undefined) return null;
  return (
    <section className={css['effect']} aria-label="Who would see another value" aria-busy={isFetching}>
      <h3>Who would see another value</h3>
      {affected !== undefined && (
        <Affected affected={affected} isOneSetting={isOneSetting} isWithFindings={isWithFindings} />
      )}
      {refused !== undefined && <p className={css['refused']}>{refused}</p>}
      {affected === undefined && refused === undefined && <p className={css['soft']}>Asking the service…</p>}
    </section>
  );
}

/** @param of the write as a text */
export function useDryRun(of: string | undefined, send: (signal: AbortSignal) => Promise<Answer<unknown>>) {
  const rested = useRested(of ?? '');
  const isRested = of !== undefined && rested === of;
  const { data, error, isFetching } = useQuery({
    queryKey: ['dry-run', rested],
    queryFn: async ({ signal }) => (await send(signal)).data as Readonly<{ affected: AffectedView }> | undefined,
    enabled: isRested,
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
  return {
    affected: isRested ? data?.affected : undefined,
    /** The service's words where it would refuse the write. */
    refused: isRested && isApiError(error) ? error.message : undefined,
    error: isRested && isApiError(error) ? error : undefined,
    isFetching: isFetching || (of !== undefined && !isRested),
  };
}
