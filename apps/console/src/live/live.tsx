import { useQueryClient } from '@tanstack/react-query';
import { Pencil } from 'lucide-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { shownAsOf } from '../api/as-of.js';
import { useConfig } from '../api/config.js';
import { firstRevision, isOwnWrite } from '../api/own-writes.js';
import { usePathPart, useSearchTexts } from '../ui/address.js';
import { Band } from '../ui/band.js';
import { useBandPlace } from '../ui/band-place.js';
import { Button } from '../ui/button.js';
import { type ChangeEvent, type LiveState } from './follow.js';
import { markLines, pointerLeaves } from './lines.js';
import './live.css';
import { setLiveState } from './live-state.js';
import { useFeed } from './use-feed.js';
import { announcementOf, readAgain, touchedLines } from './what-changed.js';

/** Events that come one after another are read again for as one. */
const TOGETHER_MS = 250;

/**
 * Follows what is changed elsewhere and shows it: what is looked at is read again, changed lines are marked, and it is said. What is being edited stays as it is,
 * and a band says that it was changed.
 */
export function Live() {
  const { doc_only } = useConfig();
  return doc_only ? null : <Following />;
}

function Following() {
  const queryClient = useQueryClient();
  const setting = usePathPart('name') || undefined;
  const { edit } = useSearchTexts();
  const [announced, announce] = useState('');
  const [held, setHeld] = useState<readonly ChangeEvent[]>([]);
  const waiting = useRef<ChangeEvent[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const here = useRef({ setting, isEditing: false });
  here.current = { setting, isEditing: edit !== undefined };

  const show = useCallback(
    async (events: readonly ChangeEvent[]) => {
      await pointerLeaves();
      await readAgain(queryClient, events);
      const others = events.filter(({ request_id }) => !isOwnWrite(request_id));
      markLines(touchedLines(others, here.current.setting));
      if (others.length > 0) announce(announcementOf(others));
    },
    [queryClient],
  );
  const onChange = useCallback(
    (event: ChangeEvent) => {
      if (shownAsOf() !== undefined) return;
      waiting.current.push(event);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => {
        const events = waiting.current.splice(0);
        const isHeld = (one: ChangeEvent): boolean =>
          here.current.isEditing && !isOwnWrite(one.request_id) && one.settings.includes(here.current.setting ?? '');
        setHeld((before) => [...before, ...events.filter(isHeld)]);
        void show(events.filter((one) => !isHeld(one)));
      }, TOGETHER_MS);
    },
    [show],
  );
  const onReset = useCallback(() => void queryClient.invalidateQueries(), [queryClient]);
  const onState = useCallback(
    (state: LiveState | undefined) => {
      setLiveState(state);
      // What failed meanwhile is there now.
      if (state === 'live')
        void queryClient.refetchQueries({ predicate: ({ state: { status } }) => status === 'error' });
    },
    [queryClient],
  );
  useFeed({ after: firstRevision, onChange, onReset, onState });

  // Whoever has finished sees what happened meanwhile.
  useEffect(() => {
    if (edit !== undefined || held.length === 0) return;
    setHeld([]);
    void show(held);
  }, [edit, held, show]);

  return (
    <>
      <p role="status" className="visually-hidden">
        {announced}
      </p>
      {edit !== undefined && held.length > 0 && (
        <EditedElsewhere events={held} edit={edit} setting={setting} onShow={() => (setHeld([]), void show(held))} />
      )}
    </>
  );
}

type EditedElsewhereProps = Readonly<{
  events: readonly ChangeEvent[];
  edit: string;
  setting: string | undefined;
  onShow: () => void;
}>;

function EditedElsewhere({ events, edit, setting, onShow }: EditedElsewhereProps) {
  const isSame = touchedLines(events, setting).includes(edit);
  const actors = [...new Set(events.map(({ actor }) => actor))].join(' and ');
  const place = useBandPlace();
  const band = (
    <Band kind={isSame ? 'warn' : 'note'} icon={<Pencil aria-hidden />} action={<Button onClick={onShow}>Show</Button>}>
      {actors} just changed {isSame ? 'this line' : `${setting}, and not this line`}.
    </Band>
  );
  return place === undefined ? band : createPortal(band, place);
}
