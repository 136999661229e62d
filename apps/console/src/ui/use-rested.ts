import { useEffect, useState } from 'react';

/** A text as it was when it last did not change for a while. */
export function useRested(text: string, forMs = 350): string {
  const [rested, setRested] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setRested(text), forMs);
    return () => clearTimeout(timer);
  }, [text, forMs]);
  return rested;
}
