import { type Writable } from '@heksher/core';
import { useNavigate } from '@tanstack/react-router';
import { useReadOnly } from '../api/config.js';
import { type SettingView } from '../api/queries.js';
import { Button } from '../ui/button.js';
import { putAside } from '../ui/put-aside.js';
import { useNow } from '../ui/time.js';
import { finishedRamp } from './finished-ramp.js';
import css from './rollout.module.css';

type FinishedRampBandProps = Readonly<{ setting: SettingView; rollout: Parameters<typeof finishedRamp>[1] }>;

/** A ramp that has ended for everyone asks to become the default: a change set, which says what else it would change before it is applied. */
export function FinishedRampBand({ setting, rollout }: FinishedRampBandProps) {
  const navigate = useNavigate();
  const nowMs = useNow();
  const isReadOnly = useReadOnly(setting.name) !== undefined;
  const finished = finishedRamp(setting, rollout, nowMs);
  if (finished === undefined || isReadOnly) return null;
  const { days, operations } = finished;
  return (
    <p className={css['finished']}>
      Done {days === 0 ? 'today' : days === 1 ? 'a day ago' : `${days} days ago`}:
      <Button
        size="small"
        onClick={() => {
          putAside(...(operations as readonly Writable[]));
          void navigate({ to: '/change-sets/new' });
        }}
      >
        make it the default?
      </Button>
    </p>
  );
}
