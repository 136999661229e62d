import { useQueryClient } from '@tanstack/react-query';
import { CircleUserRound, LogOut } from 'lucide-react';
import { useConfig } from '../api/config.js';
import { type Action, useWho, type Who } from '../api/who.js';
import { Button } from '../ui/button.js';
import { Popover } from '../ui/menu.js';
import { Time } from '../ui/time.js';
import css from './auth.module.css';
import { useSessionState } from './credentials.js';
import { signOut } from './sign-out.js';

/** In whose name one is here, and what is granted. */
export function WhoMenu() {
  const who = useWho();
  const { doc_only } = useConfig();
  const { credentials } = useSessionState();
  const queryClient = useQueryClient();
  if (doc_only) return null;
  const leave = (): void => {
    signOut();
    queryClient.clear();
    void queryClient.resetQueries();
  };
  const name = nameOf(who);
  return (
    <Popover
      title={name}
      trigger={
        <Button kind="quiet" className={css['who'] ?? ''} aria-label={`You: ${name}`}>
          <CircleUserRound aria-hidden />
          <span className={css['name']}>{name}</span>
        </Button>
      }
    >
      {() => (
        <>
          <p className={css['soft']}>{proofOf(who)}</p>
          {who !== undefined && <Grants grants={who.grants} />}
          {who?.expires_at != null && (
            <p className={css['soft']}>
              Holds until <Time at={who.expires_at} />
            </p>
          )}
          {credentials !== undefined && (
            <Button onClick={leave}>
              <LogOut aria-hidden />
              Sign out
            </Button>
          )}
        </>
      )}
    </Popover>
  );
}

function nameOf(who: Who | undefined): string {
  if (who === undefined) return 'Everybody';
  return who.kind === 'anyone' && who.is_controlled ? 'Not signed in' : (who.subject ?? 'Everybody');
}

function proofOf(who: Who | undefined): string {
  if (who === undefined || (!who.is_controlled && who.subject === null))
    return 'Access is not controlled here: everybody may do everything.';
  if (!who.is_controlled) return 'By what the gateway says. Access is not controlled: everybody may do everything.';
  switch (who.proof) {
    case 'key':
      return 'By a key of this service.';
    case 'token':
      return 'By a token of the issuer.';
    case 'gateway':
      return 'By what the gateway says.';
    case 'certificate':
      return 'By a certificate.';
    case 'none':
      return 'This is what everybody may do.';
  }
}

const WORDS: readonly (readonly [action: Action, word: string])[] = [
  ['read', 'see'],
  ['propose', 'propose changes of'],
  ['write', 'change'],
  ['approve', 'approve changes of'],
  ['declare', 'declare'],
];

function Grants({ grants }: Readonly<{ grants: Who['grants'] }>) {
  return (
    <table className={css['grants']}>
      <caption className="visually-hidden">What is granted</caption>
      <tbody>
        {WORDS.map(([action, word]) => (
          <tr key={action}>
            <th scope="row">May {word}</th>
            <td>{settingsIn(grants[action])}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function settingsIn(patterns: readonly string[]): string {
  if (patterns.length === 0) return 'nothing';
  return patterns.includes('*') ? 'all settings' : patterns.join(', ');
}
