import { parseSettingType } from '@heksher/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useMemo } from 'react';
import { ApiError } from '../api/api-error.js';
import { request } from '../api/client.js';
import { useReadOnly } from '../api/config.js';
import { settingQuery, type SettingView } from '../api/queries.js';
import { draftOf } from '../editors/draft.js';
import { usePathPart, useSetSearch } from '../ui/address.js';
import { Button } from '../ui/button.js';
import { Failure } from '../ui/failure.js';
import { FormError, FormSummary } from '../ui/field.js';
import { FormFields } from '../ui/form-fields.js';
import { useWrite } from '../ui/use-write.js';
import { FinishedRampBand } from './finished-ramp-band.js';
import { Members } from './members.js';
import { POINTERS, RolloutBody } from './rollout-body.js';
import { formOf } from './rollout-form.js';
import css from './rollout.module.css';
import { keyOf, rolloutQuery, type ReadRollout } from './stored-rollout.js';
import { useRolloutForm } from './use-rollout-form.js';
import { WhoIsIn } from './who-is-in.js';

/** All of one rollout: its form, members, and who is in. */
export function RolloutPage() {
  const name = usePathPart('name');
  const id = Number(usePathPart('id'));
  const { data: setting } = useQuery(settingQuery(name));
  const { data: rollout, error, refetch } = useQuery(rolloutQuery(id));
  // Else what was read before goes on being shown, as the outage's band says.
  const isGone = error instanceof ApiError && error.status === 404;
  if (error !== null && (rollout === undefined || isGone))
    return <Failure error={error} retry={() => void refetch()} />;
  if (setting === undefined || rollout === undefined) return null;
  return <Rollout key={id} setting={setting.data} rollout={rollout} />;
}

function Rollout({ setting, rollout }: Readonly<{ setting: SettingView; rollout: ReadRollout }>) {
  const { rollout_id: id, enabled, member_count: count } = rollout.data;
  const isReadOnly = useReadOnly() !== undefined;
  const setSearch = useSetSearch();
  const write = useWrite();
  const on = () =>
    write.run(
      () =>
        request('patch', '/api/v1/rollouts/{id}', {
          path: { id: id },
          body: { enabled: true },
          ifMatch: rollout.etag,
        }),
      { title: `Switched rollout ${id} on` },
    );
  return (
    <>
      <div className={css['head']}>
        <h2>
          <Link to="/settings/$name" params={{ name: setting.name }} search={{ row: `rollout-${id}` } as never}>
            Lines
          </Link>{' '}
          / Rollout {id}
        </h2>
        {!isReadOnly && enabled && (
          <Button kind="danger" onClick={() => setSearch({ off: `rollout-${id}` }, true)}>
            Switch off
          </Button>
        )}
      </div>
      {!enabled && (
        <p className={css['off']}>
          <b>It is switched off: it decides for nobody.</b>
          {!isReadOnly && (
            <Button size="small" isPending={write.isPending} onClick={() => void on()}>
              Switch on again
            </Button>
          )}
        </p>
      )}
      <FinishedRampBand setting={setting} rollout={rollout.data} />
      <div className={css['page']}>
        <div>
          <RolloutEditor setting={setting} rollout={rollout} isReadOnly={isReadOnly} />
        </div>
        <div>
          <WhoIsIn setting={setting} id={id} />
          <Members id={id} count={count} about={keyOf(setting.name, rollout.data)} />
        </div>
      </div>
    </>
  );
}

type RolloutEditorProps = Readonly<{
  setting: SettingView;
  rollout: ReadRollout;
  isReadOnly: boolean;
}>;

function RolloutEditor({ setting, rollout, isReadOnly }: RolloutEditorProps) {
  const type = useMemo(() => parseSettingType(setting.type), [setting.type]);
  const fallback = useMemo(() => draftOf(type, setting.default_value), [type, setting.default_value]);
  // Its tag stands for its content.
  const initial = useMemo(() => formOf(type, rollout.data, fallback), [type, fallback, rollout.etag]);
  const editing = useRolloutForm(setting, type, rollout, initial, fallback);
  const { write, save, blocked, isChanged, forget, id } = editing;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (blocked !== undefined) return;
    if ((await save(`Changed rollout ${id ?? ''}`)) !== undefined) forget();
  };
  return (
    <FormError value={write.error}>
      <form className={css['card']} onSubmit={(event) => void submit(event)} noValidate>
        <FormFields isPending={write.isPending} isReadOnly={isReadOnly} className={css['form']}>
          <legend className="visually-hidden">Rollout {id}</legend>
          <RolloutBody setting={setting} editing={editing} />
          <FormSummary error={write.error} pointers={POINTERS} />
          {!isReadOnly && (
            <div className={css['tools']}>
              <Button type="submit" kind="primary" isPending={write.isPending} disabled={blocked !== undefined}>
                Save
              </Button>
              {isChanged && <Button onClick={forget}>Discard changes</Button>}
              {isChanged && blocked !== undefined && <span className={css['soft']}>{blocked}</span>}
            </div>
          )}
        </FormFields>
      </form>
    </FormError>
  );
}
