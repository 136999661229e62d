import { type Scope } from '../scope.js';

/** Requests for a while: all for one path, or for one after the other of a list. With a body, it is posted; else GET. */
export type Load = Readonly<{
  url: string;
  paths: string | readonly string[];
  headers?: Readonly<Record<string, string>>;
  body?: string;
  connections: number;
  durationMs: number;
}>;

/** `bytesPerAnswer` counts headers too. */
export type Sustained = Readonly<{ perSecond: number; bytesPerAnswer: number }>;

/** Keeps a server busy. It throws where an answer was an error or did not come. */
export type LoadGenerator = Readonly<{ description: string; run(scope: Scope, load: Load): Promise<Sustained> }>;
