import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import { type Search } from './search.js';

/** What stands behind `?` in the address. */
export function useSearchTexts(): Search {
  const search: Search = useSearch({ strict: false });
  return search;
}

/**
 * Changes what stands behind `?`, and keeps the rest: `set({ ctx: 'user:bob', row: undefined })`. Without `isStep` it is no step of the
 * browser's history, so that typing is none.
 */
export function useSetSearch(): (change: Search, isStep?: boolean) => void {
  const navigate = useNavigate();
  return useCallback(
    (change, isStep = false) =>
      void navigate({
        to: '.',
        search: (before: Search) => ({ ...before, ...change }),
        replace: !isStep,
        resetScroll: false,
      }),
    [navigate],
  );
}

/** A part of the path, such as `name` of `/settings/$name`, decoded. */
export function usePathPart(name: string): string {
  const parts: Readonly<Record<string, string | undefined>> = useParams({ strict: false });
  return parts[name] ?? '';
}
