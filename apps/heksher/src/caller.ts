/** Who a write is for, as fields of the log lines that tell of it. Services know no more of a request than this. */
export type Caller = Readonly<{ request_id: string }>;
