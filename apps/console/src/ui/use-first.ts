import { useState } from 'react';

/** The first that is there: what comes later does not move under the hands of who edits. */
export function useFirst<T>(value: T | undefined): T | undefined {
  const [first, setFirst] = useState(value);
  if (first === undefined && value !== undefined) setFirst(value);
  return first ?? value;
}
