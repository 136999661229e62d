import { formatJson, type Json } from '@heksher/core';
import { type Exact } from '../api/exact.js';
import { type components } from '../api/schema.js';
import css from './affected.module.css';

/** What the service says a write would change, of a dry run. */
export type AffectedView = Exact<components['schemas']['Affected']>;
type Setting = AffectedView['settings'][number];
type Cell = Setting['cells'][number];
type Test = Readonly<{ is?: string; not?: string[]; known?: boolean }>;

/** So many examples of a setting are shown. */
const SHOWN = 6;

type AffectedProps = Readonly<{ affected: AffectedView; isOneSetting?: boolean; isWithFindings?: boolean }>;

/** Which contexts would get another value, from what to what; which shares would move; what lint would find. */
export function Affected({ affected, isOneSetting = false, isWithFindings = true }: AffectedProps) {
  const { settings, omitted, recent_contexts: recent } = affected;
  const isNothing = settings.every(({ cells, rollouts }) => cells.length === 0 && rollouts.length === 0);
  return (
    <div className={css['affected']}>
      {recent !== undefined && (
        <p>
          <b>
            {recent.changed.toLocaleString('en')} of {recent.seen.toLocaleString('en')} contexts
          </b>{' '}
          that were asked about lately would get another value.
        </p>
      )}
      {isNothing && <p>No context gets another value.</p>}
      {settings.map((setting) => (
        <SettingEffect
          key={setting.setting}
          setting={setting}
          isNamed={!isOneSetting}
          isWithFindings={isWithFindings}
        />
      ))}
      {omitted > 0 && <p>And {omitted.toLocaleString('en')} more settings.</p>}
    </div>
  );
}

type SettingEffectProps = Readonly<{ setting: Setting; isNamed: boolean; isWithFindings: boolean }>;

function SettingEffect({ setting, isNamed, isWithFindings }: SettingEffectProps) {
  const { cells, more, rollouts, lint, outcome } = setting;
  const findings = isWithFindings && lint !== null ? lint.added.length + lint.removed.length : 0;
  if (cells.length + rollouts.length + findings === 0 && outcome === 'changed') return null;
  return (
    <section>
      {isNamed && (
        <h4 className={css['name']}>
          {setting.setting}
          {outcome !== 'changed' && <span className={css['soft']}> {outcome}</span>}
        </h4>
      )}
      {cells.length > 0 && (
        <ul className={css['cells']}>
          {cells.slice(0, SHOWN).map((cell, index) => (
            <li key={index}>
              <CellEffect cell={cell} />
            </li>
          ))}
        </ul>
      )}
      {(cells.length > SHOWN || more) && (
        <p className={css['soft']}>
          And {more ? 'more than ' : ''}
          {(cells.length - SHOWN).toLocaleString('en')} more such groups of contexts.
        </p>
      )}
      {rollouts.map((rollout) => (
        <p key={rollout.rollout_id}>{movedText(rollout)}</p>
      ))}
      {isWithFindings &&
        lint?.added.map(({ message }) => (
          <p key={message} className={css['finding']}>
            New finding: {message}
          </p>
        ))}
      {isWithFindings &&
        lint?.removed.map(({ message }) => (
          <p key={message} className={css['soft']}>
            No more: {message}
          </p>
        ))}
    </section>
  );
}

function CellEffect({ cell }: Readonly<{ cell: Cell }>) {
  const { when, except, except_omitted: omitted, from, to, share } = cell;
  const exceptions = [...except.map((one) => conditionText(one)), ...(omitted > 0 ? [`${omitted} more`] : [])];
  return (
    <>
      <span>
        {conditionText(when) || 'everyone'}
        {exceptions.length > 0 && <span className={css['soft']}> except {exceptions.join('; ')}</span>}
        {share != null && <span className={css['soft']}> ({share.percent} % of them)</span>}:{' '}
      </span>
      <code>{short(from.value)}</code> <span aria-hidden>→</span>
      <span className="visually-hidden">becomes</span> <code>{short(to.value)}</code>
    </>
  );
}

/** `user guest, theme not dark`. */
function conditionText(when: Readonly<Record<string, Test>>): string {
  return Object.entries(when)
    .map(([feature, { is, not, known }]) => {
      if (is !== undefined) return `${feature} ${is}`;
      if (not !== undefined && not.length > 0)
        return `${feature} not ${not.slice(0, 3).join(', ')}${not.length > 3 ? ', …' : ''}`;
      return known === false ? `${feature} unknown` : `any ${feature}`;
    })
    .join(', ');
}

function movedText(rollout: Setting['rollouts'][number]): string {
  const { rollout_id: id, feature, from, to, moved, members, pattern, outcome } = rollout;
  const parts = [
    from === null || to === null ? `rollout ${id} is ${outcome}` : `rollout ${id}: ${from} % → ${to} %`,
    ...(moved === null || moved.on + moved.off + moved.between === 0 ? [] : [sharesText(moved, feature)]),
    ...(members.added > 0 ? [`${members.added.toLocaleString('en')} members more`] : []),
    ...(members.removed > 0 ? [`${members.removed.toLocaleString('en')} members fewer`] : []),
    ...(pattern == null ? [] : [`its pattern is ${pattern}`]),
  ];
  return `${parts.join('; ')}.`;
}

function sharesText(
  { on, off, between }: Readonly<{ on: number; off: number; between: number }>,
  feature: string,
): string {
  const parts = [
    ...(on > 0 ? [`${on} % of ${feature}s come in`] : []),
    ...(off > 0 ? [`${off} % of ${feature}s drop out`] : []),
    ...(between > 0 ? [`${between} % change variant`] : []),
  ];
  return parts.join(', ');
}

function short(value: Json): string {
  const text = formatJson(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
