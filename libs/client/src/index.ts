export { type Authorization, type ErrorCode, HeksherError } from '@heksher/core';
export { HeksherClient, type ChangeListener, type StatusListener } from './client.js';
export {
  type ContextDefault,
  type ContextDefaults,
  type ContextOf,
  type ContextValue,
  type GivenContext,
  type MissingFeaturePolicy,
} from './context.js';
export { type SettingDeclaration, type SettingOptions } from './declaration.js';
export {
  type Conflict,
  type ConflictPolicy,
  type DeclarationOutcome,
  type DeclaredDifference,
  type RefusedOutcome,
} from './declaring/outcome.js';
export { type JsonPrimitive, type JsonValue } from './json.js';
export { type ClientOptions } from './options.js';
export { type Problem } from './problems.js';
export { type SettingEvaluation } from './reading.js';
export { type TrackedContexts } from './resolution/tracking.js';
export { type AnySetting, Setting, setting } from './setting.js';
export { type Snapshot } from './snapshot.js';
export { type ClientStatus } from './status.js';
export { type GivenOf, type Readings, type TypedType, type TypeInput, type ValueOf } from './types/setting-types.js';
export { Enum, Flags, Mapping, Sequence } from './types/type-builders.js';
export { polling } from './updates/polling.js';
export { streaming, type StreamingOptions } from './updates/streaming.js';
export { type Listening, type Updates, type UpdateSource } from './updates/update-source.js';
