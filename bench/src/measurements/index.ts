import { type Measurement } from '../bench.js';
import { attacks } from './attacks.js';
import { browsing } from './browsing.js';
import { clientGet, clientRefresh } from './client.js';
import { distinct, manyRules } from './distinct.js';
import { evaluation } from './evaluation.js';
import { latency, readAfterWrite } from './latency.js';
import { localEvaluation } from './local-evaluation.js';
import { memoryFlat } from './memory-flat.js';
import { ofrep } from './ofrep.js';
import { everything, repeatedQuery, repeatedQuery304 } from './repeated.js';
import { requestAttacks } from './request-attacks.js';
import { revisionChecks } from './revision-checks.js';
import { rolloutLibrary } from './rollout-library.js';
import { idleMemory, largeStart, startup } from './start.js';
import { underWrites } from './under-writes.js';
import { writes } from './writes.js';

/** All measurements, in the order in which they are made and told. */
export const measurements: readonly Measurement[] = [
  startup,
  idleMemory,
  repeatedQuery,
  repeatedQuery304,
  distinct,
  everything,
  latency,
  underWrites,
  manyRules,
  readAfterWrite,
  localEvaluation,
  evaluation,
  ofrep,
  clientGet,
  clientRefresh,
  largeStart,
  browsing,
  attacks,
  requestAttacks,
  writes,
  memoryFlat,
  revisionChecks,
  rolloutLibrary,
];
