import { Failure } from '../ui/failure.js';
import css from './shell.module.css';

/** Before anything is known: the service did not answer. */
export function Away({ error, retry }: Readonly<{ error: unknown; retry: () => void }>) {
  return (
    <main className={css['away']}>
      <h1>Heksher</h1>
      <Failure error={error} retry={retry} />
    </main>
  );
}
