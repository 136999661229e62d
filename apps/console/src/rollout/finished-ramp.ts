import { formatJson } from '@heksher/core';
import { type Operation } from '../api/change-set-draft.js';
import { exactly } from '../api/exact.js';
import { type RolloutLine, type SettingView } from '../api/queries.js';
import { bodyOf, formOf, nextVersion } from '../editors/declaration.js';
import { draftOf } from '../editors/draft.js';
import { readType } from '../editors/type-text.js';
import { keyOf } from './stored-rollout.js';

const DAY_MS = 86_400_000;

export type FinishedRamp = Readonly<{
  /** Whole days since it ended. */
  days: number;
  /** What takes its place, and its deletion. */
  operations: readonly Operation[];
}>;

type Rollout = Pick<RolloutLine, 'feature' | 'feature_values' | 'enabled' | 'ramp' | 'value'>;

/**
 * How a ramp that has ended at 100 %, for everyone and with one value, gives way: that value becomes the default, and the rollout is deleted. The deletion
 * relies on its value and its ramp. Undefined for any other rollout, and where no version may declare the default.
 */
export function finishedRamp(setting: SettingView, rollout: Rollout, nowMs: number): FinishedRamp | undefined {
  const { enabled, ramp, value, feature_values } = rollout;
  if (!enabled || ramp === undefined || value === undefined || ramp.to !== 100) return undefined;
  const sinceMs = nowMs - Date.parse(ramp.end);
  const { type } = readType(setting.type);
  if (!(sinceMs >= 0) || type === undefined || Object.keys(feature_values).length > 0) return undefined;
  const expect = { enabled, value: exactly(value), ramp };
  const removal = { op: 'delete_rollout', ...keyOf(setting.name, rollout), expect };
  const days = Math.floor(sinceMs / DAY_MS);
  if (formatJson(setting.default_value) === formatJson(value)) return { days, operations: [removal] };
  const form = { ...formOf(setting), value: draftOf(type, value) };
  const next = nextVersion(setting, form);
  const body = next?.kind === 'version' ? bodyOf(form, next.version) : undefined;
  return body && { days, operations: [{ op: 'declare', ...body }, removal] };
}
