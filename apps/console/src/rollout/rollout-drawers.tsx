import { parseSettingType } from '@heksher/core';
import { Link } from '@tanstack/react-router';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { exactly } from '../api/exact.js';
import { type SettingView } from '../api/queries.js';
import { draftOf } from '../editors/draft.js';
import { columnsOf } from '../matrix/lines.js';
import { useSearchTexts, useSetSearch } from '../ui/address.js';
import { Drawer, DrawerFrame, DrawerSkeleton } from '../ui/drawer.js';
import { EditDrawer } from '../ui/edit-drawer.js';
import { Failure } from '../ui/failure.js';
import { putAside } from '../ui/put-aside.js';
import { useFirst } from '../ui/use-first.js';
import { DeleteRollout } from './delete-rollout.js';
import { FinishedRampBand } from './finished-ramp-band.js';
import { POINTERS, RolloutBody } from './rollout-body.js';
import { formOf, type RolloutForm } from './rollout-form.js';
import { keyOf, readRollout, type ReadRollout } from './stored-rollout.js';
import { SwitchOff } from './switch-off.js';
import { useRolloutForm } from './use-rollout-form.js';

/** What `?edit=`, `?off=` and `?delete=` open of rollouts: `new-rollout`, `rollout-3`. */
export function RolloutDrawers({ setting }: Readonly<{ setting: SettingView }>) {
  const { edit, off, delete: deleted } = useSearchTexts();
  const setSearch = useSetSearch();
  const close = () => setSearch({ edit: undefined, off: undefined, delete: undefined });
  const offId = idOf(off);
  if (offId !== undefined) return <SwitchOff setting={setting} id={offId} onClose={close} />;
  const doomed = idOf(deleted);
  if (doomed !== undefined) return <DeleteRollout setting={setting} id={doomed} onClose={close} />;
  if (edit === 'new-rollout') return <RolloutDrawer setting={setting} begin={undefined} onClose={close} />;
  const id = idOf(edit);
  if (id === undefined) return null;
  return (
    <DrawerFrame onClose={close}>
      <ReadRollout key={id} setting={setting} id={id} onClose={close} />
    </DrawerFrame>
  );
}

function idOf(text: string | undefined): number | undefined {
  const digits = /^rollout-(\d+)$/.exec(text ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits);
}

type ReadRolloutProps = Readonly<{ setting: SettingView; id: number; onClose: () => void }>;

function ReadRollout({ setting, id, onClose }: ReadRolloutProps) {
  const client = useQueryClient();
  const { data, error } = useQuery({
    queryKey: ['rollout-begin', id],
    queryFn: () => readRollout(client, id),
    staleTime: Infinity,
    gcTime: 0,
  });
  const begin = useFirst(data);
  const title = `Rollout ${id}`;
  if (begin !== undefined) return <RolloutDrawer setting={setting} begin={begin} onClose={onClose} />;
  if (error === null) return <DrawerSkeleton title={title} onClose={onClose} />;
  return (
    <Drawer title={title} onClose={onClose}>
      <Failure error={error} />
    </Drawer>
  );
}

type RolloutDrawerProps = Readonly<{ setting: SettingView; begin: ReadRollout | undefined; onClose: () => void }>;

function RolloutDrawer({ setting, begin, onClose }: RolloutDrawerProps) {
  const type = useMemo(() => parseSettingType(setting.type), [setting.type]);
  // Made once: variants and items have ids of their own.
  const [fallback] = useState(() => draftOf(type, setting.default_value));
  const [initial] = useState((): RolloutForm => {
    if (begin !== undefined) return formOf(type, begin.data, fallback);
    const feature = setting.configurable_features.includes('user') ? 'user' : (columnsOf(setting).at(-1) ?? '');
    const outcome = { kind: 'value', value: fallback } as const;
    const share = { kind: 'fixed', percentage: '0' } as const;
    return { feature, conditions: {}, share, pattern: '', outcome, hash: 'murmur3', salt: '', metadata: [], note: '' };
  });
  const editing = useRolloutForm(setting, type, begin, initial, fallback);
  const { form, write, forget, changes, id } = editing;
  const setSearch = useSetSearch();
  const leave = () => {
    forget();
    onClose();
  };
  const save = async () => {
    const title = id === undefined ? `Added a rollout by ${form.feature}` : `Changed rollout ${id}`;
    const answer = await editing.save(title);
    if (answer === undefined) return;
    const made = answer.data !== undefined && 'rollout_id' in answer.data ? answer.data.rollout_id : id;
    forget();
    setSearch({ edit: undefined, row: `rollout-${made ?? ''}` });
  };
  return (
    <EditDrawer
      title={id === undefined ? 'Add a rollout' : `Rollout ${id}`}
      description={
        id !== undefined && (
          <Link to="/settings/$name/rollouts/$id" params={{ name: setting.name, id: String(id) }}>
            Its page: members, and who is in
          </Link>
        )
      }
      error={write.error}
      pointers={POINTERS}
      action={id === undefined ? 'Add rollout' : 'Save'}
      isPending={write.isPending}
      blocked={editing.blocked}
      isChanged={editing.isChanged}
      isKept={editing.isKept}
      onStartOver={forget}
      onSave={() => void save()}
      onClose={onClose}
      onAddToChangeSet={
        form.share.kind === 'steps'
          ? undefined
          : () => {
              const about =
                begin === undefined
                  ? { setting: setting.name, feature: form.feature }
                  : keyOf(setting.name, begin.data);
              const expect = begin?.data.value === undefined ? {} : { expect: { value: exactly(begin.data.value) } };
              putAside(
                begin === undefined
                  ? { op: 'put_rollout', ...about, ...changes, expect: null }
                  : { op: 'patch_rollout', ...about, set: changes, ...expect },
              );
              leave();
            }
      }
    >
      {begin !== undefined && <FinishedRampBand setting={setting} rollout={begin.data} />}
      <RolloutBody setting={setting} editing={editing} />
    </EditDrawer>
  );
}
