import { useEffect, useState } from 'react';

/** A text as it was when it last did not change for a while. Nothing needs no rest. */
export function useRested(text: string, forMs = 350): string {
  const [rested, setRested] = useState(text);
  if (text === '' && rested !== '') setRested('');
  useEffect(() => {
    const timer = setTimeout(() => setRested(text), forMs);
    return () => clearTimeout(timer);
  }, [text, forMs]);
  return rested;
}
