import { type Condition, type Declaration, type Json, type SettingType, type Version } from '@heksher/core';
import { type Metadata } from '../draft/index.js';
import { type NewRollout, type Place, type RolloutChanges, type RuleChanges } from '../operations/index.js';

/** What an operation relies on: the fields named have these values; null: there is no such thing; undefined: nothing beyond what the operation implies. */
export type Expected = ReadonlyMap<string, Json> | null | undefined;

/** A rule by what it is known by in every instance; without conditions it is the value for everyone. */
export type RuleKey = Readonly<{ setting: string; conditions: readonly Condition[]; expect: Expected }>;

export type RolloutAddress = RuleKey & Readonly<{ feature: string }>;

/** What of a setting is given; what is not there stays. */
export type SettingChanges = Readonly<{
  type?: SettingType;
  default_value?: Json;
  configurable_features?: readonly string[];
  metadata?: Metadata;
  version?: Version;
  aliases?: readonly string[];
}>;

/** One step of a change set. Nothing in it is an id, so that it means the same in every instance. */
export type Operation =
  | (RuleKey & Readonly<{ op: 'put_rule'; value: Json; metadata: Metadata | undefined }>)
  | (RuleKey & Readonly<{ op: 'patch_rule'; set: RuleChanges }>)
  | (RuleKey & Readonly<{ op: 'delete_rule' }>)
  | (RolloutAddress & Readonly<{ op: 'put_rollout'; rollout: NewRollout; hasMembers: boolean }>)
  | (RolloutAddress & Readonly<{ op: 'patch_rollout'; set: RolloutChanges }>)
  | (RolloutAddress & Readonly<{ op: 'delete_rollout' }>)
  | (RolloutAddress & Readonly<{ op: 'change_members'; added: readonly string[]; removed: readonly string[] }>)
  | Readonly<{ op: 'put_setting'; setting: string; set: SettingChanges; create: boolean; expect: Expected }>
  | Readonly<{ op: 'declare'; declaration: Declaration; alias: string | undefined; skipsConflicts: boolean }>
  | Readonly<{
      op: 'rename_setting';
      setting: string;
      name: string;
      version: Version | undefined;
      keepsAlias: boolean;
      expect: Expected;
    }>
  | Readonly<{ op: 'delete_setting'; setting: string; expect: Expected }>
  | Readonly<{ op: 'add_context_feature'; name: string; place: Place | undefined }>
  | Readonly<{ op: 'move_context_feature'; name: string; place: Place }>
  | Readonly<{ op: 'delete_context_feature'; name: string }>;

export type OperationName = Operation['op'];
