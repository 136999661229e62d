/**
 * Who a write is for: the id of the request, as a field of the log lines about it, and where they are known the person or
 * program that asked, and why. Services know no more of a request than this.
 */
export type Caller = Readonly<{
  request_id: string;
  actor?: string;
  message?: string;
  /** On what condition the write is carried out; it is asked within the transaction. */
  precondition?: Precondition;
  /** Receives the revision of the state that the write left, once that is committed. */
  onRevision?: (revision: string) => void;
}>;

/**
 * The name of the header that forbids the write, if one does.
 * @param tags of what is written to; none: it does not exist
 */
export type Precondition = (tags: readonly string[]) => string | undefined;
