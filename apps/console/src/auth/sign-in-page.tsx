import { useEffect, useState } from 'react';
import { useConfig } from '../api/config.js';
import { Button } from '../ui/button.js';
import css from './auth.module.css';
import { useSessionState } from './credentials.js';
import { KeyForm } from './key-form.js';
import { hasLeftBefore, leaveToSignIn } from './sign-in.js';
import { hasSignedOut } from './sign-out.js';
import { hostOf, messageOf } from './words.js';

type SignInPageProps = Readonly<{ problem: string | undefined; onGiven: () => void }>;

/** Instead of the console, where the service does not know who asks. Where there is an issuer one is led there at once, unless that was just tried. */
export function SignInPage({ problem, onGiven }: SignInPageProps) {
  const { oauth, environment } = useConfig();
  const { credentials } = useSessionState();
  const [failure, setFailure] = useState<string>();
  const [isLed] = useState(
    () => oauth !== undefined && !problem && !credentials && !hasSignedOut() && !hasLeftBefore(),
  );
  const leave = (): void => {
    if (oauth !== undefined) leaveToSignIn(oauth).catch((error: unknown) => setFailure(messageOf(error)));
  };
  useEffect(() => {
    document.title = 'Sign in · Heksher';
    if (isLed) leave();
    // Once: what follows is another page.
  }, []);
  const told = failure ?? problem;
  return (
    <main className={css['page']}>
      <h1>Heksher{environment !== undefined && <span className={css['environment']}> · {environment}</span>}</h1>
      {told !== undefined && (
        <p role="alert" className={css['problem']}>
          {told}
        </p>
      )}
      {isLed && failure === undefined && <p>Signing in at {hostOf(oauth?.authorization_url)} …</p>}
      {hasSignedOut() && <p>You have signed out here{oauth && `, and not at ${hostOf(oauth.authorization_url)}`}.</p>}
      {oauth !== undefined && !(isLed && failure === undefined) && (
        <div>
          <Button kind="primary" onClick={leave}>
            Sign in at {hostOf(oauth.authorization_url)}
          </Button>
        </div>
      )}
      {oauth === undefined ? (
        <KeyForm onGiven={onGiven} />
      ) : (
        !isLed && (
          <details className={css['other']}>
            <summary>Use a key instead</summary>
            <KeyForm onGiven={onGiven} />
          </details>
        )
      )}
    </main>
  );
}
