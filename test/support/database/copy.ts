import type pg from 'pg';

type CopyWire = {
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sync(): void;
};

/** Runs `copy … from stdin` with these lines of tab-separated text. */
export function copyFrom(client: pg.Client, statement: string, lines: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    let failure: Error | undefined;
    const copying = {
      submit: (wire: unknown) => (wire as CopyWire).query(statement),
      handleCopyInResponse(wire: CopyWire) {
        wire.sendCopyFromChunk(Buffer.from(lines.map((line) => `${line}\n`).join('')));
        wire.endCopyFrom();
      },
      handleError: (error: Error) => void (failure = error),
      handleCommandComplete: () => undefined,
      handleReadyForQuery: () => (failure === undefined ? resolve() : reject(failure)),
      callback: () => undefined,
    };
    client.query(copying);
  });
}
