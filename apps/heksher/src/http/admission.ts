import { type IncomingMessage } from 'node:http';
import { type Action, isNone } from '../access/grants.js';
import { type Requirement } from '../access/operations.js';
import { type Caller } from '../caller.js';
import { type Area } from './areas.js';

/** A request that has come in at the entrance: all that both ways of answering know of it before its route does. */
export type Admission = Readonly<{
  area: Area;
  /** The path below the base path, and the query string, as they were sent; the latter without `?`, undefined if absent. */
  path: string;
  queryString: string | undefined;
  /** What the paths of this service begin with for the client: empty, or such as `/settings`. */
  prefix: string;
  /** The path is not below the base path of the service. */
  isOutside: boolean;
  /** The headers that the answer has in any case, names and values alternating. */
  headers: string[];
}> & {
  /** Whoever is found out to ask is added to it. */
  caller: Caller;
  /** Undefined: no operation serves it, or everything is allowed. */
  requirement: Requirement | undefined;
  /** The path of the route that was found without Express. */
  route: string | undefined;
  /** On the monotonic clock, in milliseconds; 0 where nobody observes. */
  startedAt: number;
  /** Whether it was counted, and its span was ended. */
  isObserved: boolean;
};

/** Whether the caller may do this with any setting at all. */
export function mayUse({ caller: { principal } }: Admission, action: Action): boolean {
  return principal === undefined || !isNone(principal.permissions[action]);
}

const admissions = new WeakMap<IncomingMessage, Admission>();

/** Remembers the admission of a request that goes on to Express. */
export function setAdmission(request: IncomingMessage, admission: Admission): void {
  admissions.set(request, admission);
}

/** Undefined for a request that did not come in at the entrance. */
export function admissionOf(request: IncomingMessage): Admission | undefined {
  return admissions.get(request);
}
