import { CreateTables1795219200000 } from './1795219200000-create-tables.js';
import { CreateChangeLog1795219260000 } from './1795219260000-create-change-log.js';
import { CreateRollouts1795219320000 } from './1795219320000-create-rollouts.js';
import { TraceWrites1795219380000 } from './1795219380000-trace-writes.js';
import { WriteFunction1795219430000 } from './1795219430000-write-function.js';
import { HistoryIndexes1795219440000 } from './1795219440000-history-indexes.js';
import { Changesets1795219560000 } from './1795219560000-changesets.js';
import { Access1795219620000 } from './1795219620000-access.js';
import { ChangesetSettings1795219680000 } from './1795219680000-changeset-settings.js';
import { Principals1795800000000 } from './1795800000000-principals.js';
import { PublicKeys1795810000000 } from './1795810000000-public-keys.js';
import { NotifyChanges1795820000000 } from './1795820000000-notify-changes.js';
import { Webhooks1795830000000 } from './1795830000000-webhooks.js';
import { BreakingMigrations1795840000000 } from './1795840000000-breaking-migrations.js';
import { TracedWrites1795850000000 } from './1795850000000-traced-writes.js';
import { ChangesetEvents1795860000000 } from './1795860000000-changeset-events.js';
import { ConditionsOfNewOwners1795870000000 } from './1795870000000-conditions-of-new-owners.js';
import { WebhookOptions1795890000000 } from './1795890000000-webhook-options.js';
import { SharedWrites1795905000000 } from './1795905000000-shared-writes.js';
import { TraceState1795910000000 } from './1795910000000-trace-state.js';
import { WritesByIndex1795920000000 } from './1795920000000-writes-by-index.js';

/**
 * Every migration, oldest first. One that takes away or narrows something that the version before it needs has a member
 * `breaking = true`; all others only add.
 */
export const migrations = [
  CreateTables1795219200000,
  CreateChangeLog1795219260000,
  CreateRollouts1795219320000,
  TraceWrites1795219380000,
  WriteFunction1795219430000,
  HistoryIndexes1795219440000,
  Changesets1795219560000,
  Access1795219620000,
  ChangesetSettings1795219680000,
  Principals1795800000000,
  PublicKeys1795810000000,
  NotifyChanges1795820000000,
  Webhooks1795830000000,
  BreakingMigrations1795840000000,
  TracedWrites1795850000000,
  ChangesetEvents1795860000000,
  ConditionsOfNewOwners1795870000000,
  WebhookOptions1795890000000,
  SharedWrites1795905000000,
  TraceState1795910000000,
  WritesByIndex1795920000000,
] as const;
