import { type TlsOptions } from './tls-options.js';

/** Where a database is and who we are there. `host` may be the directory of a unix socket. */
export type DatabaseAddress = Readonly<{
  host: string;
  port: number;
  user?: string;
  password?: string;
  /** The password as it is now, asked at each new session: it may be rotated. Where it cannot be told, `password` is tried. */
  currentPassword?: () => Promise<string | undefined>;
  database: string;
  ssl: false | TlsOptions;
  applicationName?: string;
  connectTimeoutMs?: number;
  /** Where else it may be, tried in this order after `host`. */
  otherHosts?: readonly HostAndPort[];
  targetSession?: TargetSession;
  channelBinding?: 'prefer' | 'require';
  /** Options for the server, such as `-c search_path=heksher`. */
  options?: string;
}>;

export type HostAndPort = Readonly<{ host: string; port: number }>;

/** Which of several servers will do. */
export const TARGET_SESSIONS = ['any', 'read-write', 'read-only', 'primary', 'standby', 'prefer-standby'] as const;
export type TargetSession = (typeof TARGET_SESSIONS)[number];
