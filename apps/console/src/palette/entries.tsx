import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { ArrowRight, Crosshair, Moon, SlidersHorizontal, Sun, UserRound } from 'lucide-react';
import { type ReactNode, useDeferredValue } from 'react';
import { request } from '../api/client.js';
import { metadataText } from '../api/exact.js';
import { keys } from '../api/queries.js';
import { setLook } from '../ui/look.js';
import { toast } from '../ui/toast.js';

export type Entry = Readonly<{
  group: string;
  title: string;
  hint?: string | undefined;
  icon: ReactNode;
  act: () => void;
}>;

const PAGES = [
  ['/', 'Overview'],
  ['/settings', 'Settings'],
  ['/settings/new', 'Declare a setting'],
  ['/try', 'Try a context'],
  ['/rollouts', 'Rollouts'],
  ['/features', 'Context features'],
  ['/findings', 'Findings'],
  ['/changes', 'Changes'],
  ['/change-sets', 'Change sets'],
] as const;

/** What can be meant by a text: a line by its id, a value of a feature, settings, pages, commands. */
export function useEntries(text: string): Readonly<{ entries: readonly Entry[]; isSearching: boolean }> {
  const navigate = useNavigate();
  const deferred = useDeferredValue(text);
  const { data: answer, isFetching } = useQuery({
    queryKey: [...keys.settings, 'palette', deferred],
    queryFn: ({ signal }) =>
      request('get', '/api/v1/settings', { query: { q: deferred || undefined, limit: 8 }, signal }),
    placeholderData: keepPreviousData,
  });
  const line = useLine();
  const entries: Entry[] = [];
  const [, kind, id] = /^(rule|rollout)\s+(\d+)$/i.exec(text) ?? [];
  if (kind !== undefined && id !== undefined)
    entries.push({
      group: 'Line',
      title: `${kind} ${id}`,
      icon: <Crosshair aria-hidden />,
      act: () => void line(kind, Number(id)),
    });
  const [, feature, value] = /^(\w+)\s*[=:]\s*(.+)$/.exec(text) ?? [];
  if (feature !== undefined && value !== undefined)
    entries.push({
      group: 'Value',
      title: `Everything that names ${feature} ${value}`,
      icon: <UserRound aria-hidden />,
      act: () => void navigate({ to: '/values/$feature/$value', params: { feature, value } }),
    });
  for (const { name, ...setting } of answer?.data.settings ?? [])
    entries.push({
      group: 'Settings',
      title: name,
      hint: 'metadata' in setting ? metadataText(setting.metadata, 'description') : undefined,
      icon: <SlidersHorizontal aria-hidden />,
      act: () => void navigate({ to: '/settings/$name', params: { name } }),
    });
  const wanted = text.toLowerCase();
  for (const [to, title] of PAGES)
    if (title.toLowerCase().includes(wanted))
      entries.push({ group: 'Pages', title, icon: <ArrowRight aria-hidden />, act: () => void navigate({ to }) });
  for (const theme of ['light', 'dark'] as const)
    if (`${theme} theme`.includes(wanted))
      entries.push({
        group: 'Commands',
        title: `${theme === 'light' ? 'Light' : 'Dark'} theme`,
        icon: theme === 'light' ? <Sun aria-hidden /> : <Moon aria-hidden />,
        act: () => setLook({ theme }),
      });
  return { entries, isSearching: isFetching || deferred !== text };
}

/** Finds out to which setting a line belongs, and goes there. */
function useLine(): (kind: string, id: number) => Promise<void> {
  const navigate = useNavigate();
  return async (kind, id) => {
    const path = kind.toLowerCase() === 'rule' ? '/api/v1/rules/{id}' : '/api/v1/rollouts/{id}';
    try {
      const { data } = await request('get', path as '/api/v1/rules/{id}', { path: { id } });
      await navigate({
        to: '/settings/$name',
        params: { name: data.setting },
        search: { row: `${kind.toLowerCase()}-${id}` },
      });
    } catch (error) {
      toast({ title: error instanceof Error ? error.message : String(error), kind: 'failed' });
    }
  };
}
