import { useId } from 'react';
import { type SettingView } from '../api/queries.js';
import { MetadataFields } from '../editors/metadata-fields.js';
import { columnsOf } from '../matrix/lines.js';
import { Conflict } from '../ui/conflict.js';
import { Acknowledgement } from '../ui/consent.js';
import { DryRun } from '../ui/dry-run.js';
import { NoteField } from '../ui/note-field.js';
import { RolloutFields } from './rollout-fields.js';
import { type Editing } from './use-rollout-form.js';

export const POINTERS = [
  '/percentage',
  '/ramp',
  '/pattern',
  '/value',
  '/variants',
  '/salt',
  '/feature_values',
  '/metadata',
];

/** What is between the title and the buttons of a rollout's form. */
export function RolloutBody({ setting, editing }: Readonly<{ setting: SettingView; editing: Editing }>) {
  const { form, change, type, before, isOff, collisions, consequence, isRead, setRead, dryRun, send } = editing;
  const id = useId();
  return (
    <>
      {collisions !== undefined && <Conflict {...collisions} />}
      <RolloutFields
        type={type}
        features={columnsOf(setting)}
        form={form}
        onChange={change}
        before={before}
        isOff={isOff}
      />
      <MetadataFields draft={form.metadata} onChange={(metadata) => change({ metadata })} />
      <NoteField value={form.note} onChange={(note) => change({ note })} />
      <DryRun of={dryRun} send={(signal) => send({ dry_run: true }, signal)} />
      {consequence !== undefined && (
        <Acknowledgement id={id} isRead={isRead} onChange={setRead}>
          {consequence}
        </Acknowledgement>
      )}
    </>
  );
}
