import { type Measurement } from '../bench.js';
import { access } from './access.js';
import { accessTokens } from './access-tokens.js';
import { attacks } from './attacks.js';
import { browsing } from './browsing.js';
import { changesets } from './changesets.js';
import { clientGet, clientRefresh } from './client.js';
import { clientUpdates } from './client-updates.js';
import { consoleTasks } from './console-tasks.js';
import { distinct, manyRules } from './distinct.js';
import { evaluation } from './evaluation.js';
import { feed } from './feed.js';
import { feedPolling } from './feed-polling.js';
import { feedSdk } from './feed-sdk.js';
import { latency, readAfterWrite } from './latency.js';
import { localEvaluation } from './local-evaluation.js';
import { memoryFlat } from './memory-flat.js';
import { metrics, scrape } from './metrics.js';
import { ofrep } from './ofrep.js';
import { past } from './past.js';
import { everything, repeatedQuery, repeatedQuery304 } from './repeated.js';
import { requestAttacks } from './request-attacks.js';
import { revisionChecks } from './revision-checks.js';
import { rolloutLibrary } from './rollout-library.js';
import { idleMemory, largeStart, startup } from './start.js';
import { tracing, tracingAll } from './tracing.js';
import { underWrites } from './under-writes.js';
import { writes } from './writes.js';

/** All measurements, in the order in which they are made and told. */
export const measurements: readonly Measurement[] = [
  startup,
  idleMemory,
  repeatedQuery,
  repeatedQuery304,
  access,
  accessTokens,
  metrics,
  scrape,
  tracing,
  tracingAll,
  distinct,
  everything,
  latency,
  underWrites,
  manyRules,
  readAfterWrite,
  localEvaluation,
  evaluation,
  ofrep,
  feed,
  feedSdk,
  feedPolling,
  clientGet,
  clientRefresh,
  clientUpdates,
  largeStart,
  browsing,
  consoleTasks,
  past,
  attacks,
  requestAttacks,
  writes,
  changesets,
  memoryFlat,
  revisionChecks,
  rolloutLibrary,
];
