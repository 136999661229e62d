import { Link, useRouterState } from '@tanstack/react-router';
import { ListChecks } from 'lucide-react';
import { setChangeSetDraft, useChangeSetDraft } from '../api/change-set-draft.js';
import { useReadOnly } from '../api/config.js';
import { Button, buttonClass } from '../ui/button.js';
import { toast } from '../ui/toast.js';
import { sizeOf } from './draft-size.js';
import css from './tray.module.css';

/** At the bottom of every page: what was put into the change set that is being made. */
export function Tray() {
  const draft = useChangeSetDraft();
  const readOnly = useReadOnly();
  const isReview = useRouterState({ select: ({ location }) => location.pathname.endsWith('/change-sets/new') });
  if (draft.length === 0 || readOnly !== undefined || isReview) return null;
  const discard = (): void => {
    const before = draft;
    setChangeSetDraft([]);
    toast({ title: 'The change set is empty', action: { label: 'Undo', act: () => setChangeSetDraft(before) } });
  };
  return (
    <aside className={css['tray']} aria-label="Change set" data-tray>
      <ListChecks aria-hidden />
      <span className={css['count']} role="status">
        {sizeOf(draft)}
      </span>
      <Button kind="quiet" onClick={discard}>
        Discard
      </Button>
      <Link to="/change-sets/new" className={buttonClass('primary')}>
        Review
      </Link>
    </aside>
  );
}
