import { useEffect, useEffectEvent } from 'react';

/** What a key asks for of the line that has the focus. */
export type LineRequest = Readonly<{ action: 'edit' | 'duplicate' | 'delete'; line: string }>;

const NAME = 'heksher:line';

/** Says what is asked for; who carries it out is another feature. */
export function requestLine(detail: LineRequest): void {
  document.dispatchEvent(new CustomEvent(NAME, { detail }));
}

/** Calls `act` for what is asked for as long as the component is there. */
export function useLineRequests(act: (request: LineRequest) => void): void {
  const onRequest = useEffectEvent((event: Event) => act((event as CustomEvent<LineRequest>).detail));
  useEffect(() => {
    document.addEventListener(NAME, onRequest);
    return () => document.removeEventListener(NAME, onRequest);
  }, []);
}
