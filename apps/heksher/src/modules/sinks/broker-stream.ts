import { type OutgoingEvent } from '../webhooks/cloud-event.js';
import { type Place } from '../webhooks/place.js';

/** The end of a stream: `mark` is the broker's name for its last entry, empty where it has none, and `place` what that entry tells of last. */
export type StreamEnd = Readonly<{ mark: string; place: Place }>;

/** An event, and the place behind it. */
export type Entry = Readonly<{ event: OutgoingEvent; place: Place }>;

/** Where events are published, each behind the one before it: the stream itself says how far it is. */
export type BrokerStream = Readonly<{
  /** As operators know it, such as `Redis`. */
  name: string;
  /** Makes ready; connects in the background. Throws `invalid` where the client's package is not installed. */
  open: () => Promise<void>;
  /** Where the stream ends. Throws where that is not known now, or where its last entry is none of ours. */
  end: () => Promise<StreamEnd>;
  /** Adds an entry, unless another than the one at `end` is the last by now: undefined. */
  addBehind: (end: StreamEnd, entry: Entry) => Promise<StreamEnd | undefined>;
  close: () => Promise<void>;
}>;
