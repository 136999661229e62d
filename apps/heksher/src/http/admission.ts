import { type IncomingMessage } from 'node:http';
import { type Caller } from '../caller.js';
import { type Area } from './areas.js';

/** What a caller may do. */
export type Permission = 'read' | 'evaluate';

/** A request that has come in at the entrance: all that both ways of answering know of it before its route does. */
export type Admission = Readonly<{
  caller: Caller;
  area: Area;
  /** The path and the query string as they were sent; the latter without `?`, undefined if absent. */
  path: string;
  queryString: string | undefined;
  /** The headers that the answer has in any case, names and values alternating. */
  headers: string[];
  /** Undefined: everything, since nobody is authenticated. */
  permissions?: ReadonlySet<Permission>;
}>;

export function mayUse({ permissions }: Admission, permission: Permission): boolean {
  return permissions === undefined || permissions.has(permission);
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
