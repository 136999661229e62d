import css from './auth.module.css';

/** In the window that was opened to sign in, where the browser does not let it close itself. */
export function Elsewhere() {
  return (
    <main className={css['page']}>
      <h1>Signed in</h1>
      <p>The console goes on where you left it. You can close this window.</p>
    </main>
  );
}
