import { type AsOf } from '../../as-of.js';

/** How much a page has where the request does not say. */
export const USUAL_ENTRIES = 50;
export const USUAL_CHANGES = 200;

/** Which entries of the history: of a setting, of an actor, between two states; at most so many, from a page's end on. */
export type HistoryRequest = Readonly<{
  setting?: string;
  actor?: string;
  after?: AsOf;
  before?: AsOf;
  limit?: number;
  cursor?: number | undefined;
}>;

/** What of one entry: its changes from a place on; or the members of a rollout that came or went, from behind one on. */
export type EntryRequest = Readonly<{ members_of?: number; limit?: number; cursor?: number | string | undefined }>;

/** Two states; without `to`, that of now. The cursor says which it was at the first page, and how much the pages before had. */
export type DiffRequest = Readonly<{
  from: AsOf;
  to?: AsOf | undefined;
  setting?: string;
  limit?: number;
  cursor?: Readonly<{ to: number; skipped: number }> | undefined;
}>;
