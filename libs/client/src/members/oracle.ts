import { type SettingEvaluation } from '../reading.js';
import { type PreparedSetting } from '../resolution/prepare.js';

export type OracleContext = ReadonlyMap<string, string>;

/** Decisions that depend on members of rollouts who are known to the service only. */
export type Oracle = Readonly<{
  /** What the service said of this, if it did; where that is missing or old, it is asked meanwhile. */
  recall(name: string, prepared: PreparedSetting, context: OracleContext): SettingEvaluation<unknown> | undefined;
  /** What the service says; undefined where it does not answer. */
  ask(name: string, prepared: PreparedSetting, context: OracleContext): Promise<SettingEvaluation<unknown> | undefined>;
}>;
