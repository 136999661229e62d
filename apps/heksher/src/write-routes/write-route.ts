import { type RawJson } from '@heksher/core';
import { type Caller } from '../caller.js';

/** The parts of a request that writes. */
export type WriteRequest = Readonly<{
  /** With what the request says of a write. */
  caller: Caller;
  /** The parameter of the path; empty where the route has none. */
  parameter: string;
  /** The bytes of the body. */
  body: unknown;
  /** What the paths of this service begin with for the client; links in the answer begin with it. */
  prefix: string;
}>;

/** The answer to a write that was carried out. */
export type WriteAnswer = Readonly<{
  /** Names and values alternating. */
  headers?: readonly string[];
  body?: RawJson;
}>;

/**
 * A write that is asked for often: a plain request without Express, any other through Express
 * (docs/decisions/writes-without-express.md). Both use `handle`.
 */
export type WriteRoute = Readonly<{
  method: 'POST' | 'PUT';
  /** Such as `/api/v1/rules/:id/value`, with one parameter at most. */
  path: string;
  status: 201 | 204;
  /** Rejects where the write is refused. */
  handle(request: WriteRequest): Promise<WriteAnswer>;
}>;
