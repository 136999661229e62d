import { createDataSource, parseConnectionString } from '@heksher/database';
import { type DataSource } from 'typeorm';

const connectionString = process.env['HEKSHER_DB_CONNECTION_STRING'];
if (connectionString === undefined || connectionString === '')
  throw new Error('HEKSHER_DB_CONNECTION_STRING must name the database: postgresql://user:password@host:port/database');

/** For TypeORM's command line, which asks for a default export. The service itself makes its own in its configuration. */
const dataSource: DataSource = createDataSource(parseConnectionString(connectionString), {
  poolSize: 2,
  connectTimeoutMs: 10_000,
  statementTimeoutMs: 0,
  lockTimeoutMs: 0,
  applicationName: 'heksher typeorm',
});

// Its commands print what they find as log lines.
dataSource.setOptions({ logger: 'advanced-console' });

export default dataSource;
