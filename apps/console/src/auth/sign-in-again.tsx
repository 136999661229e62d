import { AlertDialog } from '@base-ui/react/alert-dialog';
import { useEffect, useRef, useState } from 'react';
import { useConfig } from '../api/config.js';
import { type Who } from '../api/who.js';
import { Button } from '../ui/button.js';
import css from './auth.module.css';
import { giveUp, open, useSessionState } from './credentials.js';
import { KeyForm } from './key-form.js';
import { signInBeside } from './sign-in.js';
import { hostOf, messageOf } from './words.js';

/** Above everything, which stays as it is: what waits is sent again when the service knows who asks. */
export function SignInAgain({ proof }: Readonly<{ proof: Who['proof'] }>) {
  const { oauth } = useConfig();
  const { credentials } = useSessionState();
  const isByKey = credentials?.kind === 'key' || (proof !== 'gateway' && oauth === undefined);
  return (
    <AlertDialog.Root open onOpenChange={(isOpen) => !isOpen && giveUp()}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className={css['backdrop']} />
        <AlertDialog.Popup className={css['again']}>
          <AlertDialog.Title className={css['title']}>The service does not know you any more</AlertDialog.Title>
          <AlertDialog.Description>
            Your session has ended. What you have typed is still here, and goes on when you have signed in again.
          </AlertDialog.Description>
          {isByKey ? <KeyForm onGiven={open} /> : oauth === undefined ? <AtGateway /> : <AtIssuer issuer={oauth} />}
          <footer className={css['footer']}>
            <Button onClick={giveUp}>Not now</Button>
          </footer>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}

function AtIssuer({ issuer }: Readonly<{ issuer: NonNullable<ReturnType<typeof useConfig>['oauth']> }>) {
  const [problem, setProblem] = useState<string>();
  const attempt = useRef<AbortController>(undefined);
  useEffect(() => () => attempt.current?.abort(), []);
  const begin = (): void => {
    attempt.current?.abort();
    const { signal } = (attempt.current = new AbortController());
    signInBeside(issuer, signal).then(open, (error: unknown) => signal.aborted || setProblem(messageOf(error)));
  };
  return (
    <div>
      {problem !== undefined && (
        <p role="alert" className={css['problem']}>
          {problem}
        </p>
      )}
      <Button kind="primary" onClick={begin}>
        Sign in at {hostOf(issuer.authorization_url)}
      </Button>
    </div>
  );
}

/** Whom it knows is the gateway's affair: its page is opened beside this one. */
function AtGateway() {
  return (
    <div className={css['row']}>
      <Button onClick={() => window.open(document.baseURI, '_blank')}>Open the console in another window</Button>
      <Button kind="primary" onClick={open}>
        I have signed in there
      </Button>
    </div>
  );
}
