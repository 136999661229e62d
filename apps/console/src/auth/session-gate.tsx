import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect } from 'react';
import { isApiError } from '../api/api-error.js';
import { useConfig } from '../api/config.js';
import { WhoContext, whoQuery } from '../api/who.js';
import { Failure } from '../ui/failure.js';
import { lazyComponent } from '../ui/lazy-component.js';
import { open, useSessionState } from './credentials.js';
import css from './auth.module.css';

const SignInAgain = lazyComponent(() => import('./sign-in-again.js'), 'SignInAgain');
const SignInPage = lazyComponent(() => import('./sign-in-page.js'), 'SignInPage');

type SessionGateProps = Readonly<{
  /** Why signing in at the issuer came to nothing. */
  problem: string | undefined;
  children: ReactNode;
}>;

/** Shows the console to those whom the service knows, and to others how to sign in. */
export function SessionGate({ problem, children }: SessionGateProps) {
  const { access, doc_only } = useConfig();
  if (access === 'open' || doc_only) return children;
  return <Known problem={problem}>{children}</Known>;
}

function Known({ problem, children }: SessionGateProps) {
  const { credentials, phase } = useSessionState();
  const queryClient = useQueryClient();
  const { data: answer, error, refetch, isFetching } = useQuery(whoQuery());
  const isKnown = answer !== undefined;
  useEffect(() => {
    if (isKnown && phase === 'closed') open();
  }, [isKnown, phase]);
  // Whoever signs in beside the page may be somebody else.
  const holder = credentials?.kind === 'key' ? credentials.key : credentials?.kind;
  useEffect(() => {
    if (phase === 'open') void queryClient.invalidateQueries({ queryKey: whoQuery().queryKey });
  }, [holder, phase, queryClient]);
  if (answer !== undefined)
    return (
      <WhoContext value={answer.data}>
        {children}
        {phase === 'lost' && <SignInAgain proof={answer.data.proof} />}
      </WhoContext>
    );
  if (isApiError(error, 401) && !isFetching) {
    const isWrong = credentials !== undefined;
    return <SignInPage problem={isWrong ? error.message : problem} onGiven={() => void refetch()} />;
  }
  if (error !== null && !isFetching)
    return (
      <main className={css['page']}>
        <h1>Heksher</h1>
        <Failure error={error} retry={() => void refetch()} />
      </main>
    );
  return null;
}
