/**
 * Who a write is for: the id of the request, as a field of the log lines about it, and where they are known the person or
 * program that asked, and why. Services know no more of a request than this.
 */
export type Caller = Readonly<{ request_id: string; actor?: string; message?: string }>;
