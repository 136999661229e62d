import { CreateTables1795219200000 } from './1795219200000-create-tables.js';
import { CreateChangeLog1795219260000 } from './1795219260000-create-change-log.js';
import { CreateRollouts1795219320000 } from './1795219320000-create-rollouts.js';
import { TraceWrites1795219380000 } from './1795219380000-trace-writes.js';

/** Every migration, oldest first. */
export const migrations = [
  CreateTables1795219200000,
  CreateChangeLog1795219260000,
  CreateRollouts1795219320000,
  TraceWrites1795219380000,
] as const;
