import { createDatabase, type Database, type DatabaseServer } from './database-server.js';
import { DENSE, FLAGS, HUGE, LARGE, MEDIUM, SMALL } from './extents.js';
import { declareSettings, postRules } from './load-by-http.js';
import { insertHugeSetting, insertRollouts, insertSettings } from './load-by-sql.js';
import { type Scope } from './scope.js';
import { migrate, startService } from './service.js';

/** The databases that are measured on, each made when it is first wanted. Whoever writes takes a copy. */
export class Fixtures {
  private readonly made = new Map<string, Promise<Database>>();

  constructor(
    private readonly scope: Scope,
    readonly server: DatabaseServer,
    private readonly tell: (line: string) => void,
  ) {}

  /** At the schema, and nothing in it. */
  empty(): Promise<Database> {
    return this.once('empty', async () => {
      const database = await createDatabase(this.scope, this.server);
      await this.scope.within((scope) => migrate(scope, database));
      return database;
    });
  }

  /** Loaded through the service. */
  small(): Promise<Database> {
    return this.once('small', async () => {
      const database = await this.copy(this.scope, await this.empty());
      await this.scope.within(async (scope) => {
        const service = await startService(scope, database);
        await declareSettings(scope, service, SMALL);
        await postRules(scope, service, SMALL);
      });
      return database;
    });
  }

  /** Loaded by SQL. */
  medium(): Promise<Database> {
    return this.once('medium', async () => {
      const database = await this.copy(this.scope, await this.empty());
      await insertSettings(this.scope, database, MEDIUM);
      return database;
    });
  }

  /** Loaded by SQL. */
  dense(): Promise<Database> {
    return this.once('dense', async () => {
      const database = await this.copy(this.scope, await this.empty());
      await insertSettings(this.scope, database, DENSE);
      return database;
    });
  }

  /** The medium one with a huge setting, loaded by SQL. */
  huge(): Promise<Database> {
    return this.once('huge', async () => {
      const database = await this.copy(this.scope, await this.medium());
      await insertHugeSetting(this.scope, database, HUGE);
      return database;
    });
  }

  /** Loaded by SQL, with a rollout for each setting. */
  flags(): Promise<Database> {
    return this.once('flags', async () => {
      const database = await this.copy(this.scope, await this.empty());
      await insertSettings(this.scope, database, FLAGS);
      await insertRollouts(this.scope, database);
      return database;
    });
  }

  /** The small one, to which the rest was added by SQL: the first settings and their rules are the same in both. */
  large(): Promise<Database> {
    return this.once('large', async () => {
      const database = await this.copy(this.scope, await this.small());
      await insertSettings(this.scope, database, LARGE, SMALL);
      return database;
    });
  }

  /** A database of the scope's own that begins as `database` is. */
  copy(scope: Scope, database: Database): Promise<Database> {
    return createDatabase(scope, this.server, database);
  }

  private once(name: string, make: () => Promise<Database>): Promise<Database> {
    const known = this.made.get(name);
    if (known !== undefined) return known;
    const startedAt = performance.now();
    const making = make().then((database) => {
      this.tell(`(the ${name} database was made in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s)`);
      return database;
    });
    this.made.set(name, making);
    return making;
  }
}
