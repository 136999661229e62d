/** Everything a client knows, as plain JSON: what it was served, by the names that its settings declare. */
export type Snapshot = Readonly<{
  format: 1;
  /** RFC 3339. */
  takenAt: string;
  revision: string | null;
  contextFeatures: readonly string[];
  /** The JSON text of each setting as the service sent it. */
  settings: Readonly<Record<string, string>>;
}>;
