import { useIsFetching } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { type ChangeEvent, follow, type LiveState } from './follow.js';

type Feed = Readonly<{
  /** The revision to begin after, asked for once. */
  after: () => string | undefined;
  onChange: (event: ChangeEvent) => void;
  onReset: () => void;
  onState: (state: LiveState | undefined) => void;
}>;

/** What is looked at first is not kept waiting by a connection for later. */
const CALM_MS = 1_000;
/** Browsers open six connections to a host over HTTP/1.1, and pages in the background shall not take them. */
const HIDDEN_MS = 60_000;

/** Follows changes as long as the page is looked at, from where it left off. */
export function useFeed({ after, onChange, onReset, onState }: Feed): void {
  const isCalm = useCalm();
  const isHidden = useHidden(HIDDEN_MS);
  const cursor = useRef<string>(undefined);
  useEffect(() => {
    if (!isCalm || isHidden) return undefined;
    const abort = new AbortController();
    cursor.current ??= after();
    void follow({
      after: cursor.current,
      onChange: (event) => {
        cursor.current = event.id;
        onChange(event);
      },
      onReset,
      onState,
      signal: abort.signal,
    });
    return () => {
      abort.abort();
      onState(undefined);
    };
  }, [isCalm, isHidden, after, onChange, onReset, onState]);
}

/** Whether nothing was read for a moment; true for good after that. */
function useCalm(): boolean {
  const reads = useIsFetching();
  const [isCalm, setCalm] = useState(false);
  useEffect(() => {
    if (reads > 0 || isCalm) return undefined;
    const timer = setTimeout(() => setCalm(true), CALM_MS);
    return () => clearTimeout(timer);
  }, [reads, isCalm]);
  return isCalm;
}

/** Whether the page has been hidden for so long. */
function useHidden(afterMs: number): boolean {
  const [isHidden, setHidden] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = (): void => {
      clearTimeout(timer);
      if (document.visibilityState === 'visible') setHidden(false);
      else timer = setTimeout(() => setHidden(true), afterMs);
    };
    look();
    document.addEventListener('visibilitychange', look);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, [afterMs]);
  return isHidden;
}
