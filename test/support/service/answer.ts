/** What came back: `body` is the parsed JSON where the answer is JSON, `text` always the text as it came. */
export type Answer = Readonly<{ status: number; headers: Headers; text: string; body: unknown }>;
