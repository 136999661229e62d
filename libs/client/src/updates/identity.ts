/** What a client says of itself to the service: who it is, and which state it serves, as far as that is known. */
export class Identity {
  readonly client: string;
  private serving: string | undefined;

  /** @param name of the program, and maybe after a slash of its instance; undefined: it has none */
  constructor(private readonly name: string | undefined) {
    const given = name ?? 'heksher-client';
    this.client = given.includes('/') ? given : `${given}/${Math.random().toString(36).slice(2)}`;
  }

  /** Notes a revision; what is none changes nothing. */
  served(revision: string | null | undefined): void {
    if (revision != null && /^\d+-[0-9a-f]{8}$/.test(revision)) this.serving = revision;
  }

  headers(): Readonly<Record<string, string>> {
    return {
      'heksher-client': this.client,
      ...(this.serving !== undefined && { 'heksher-serving': this.serving }),
    };
  }

  /** For queries: only of who was given a name, since pages of other origins ask beforehand whether they may send them. */
  headersOfQueries(): Readonly<Record<string, string>> {
    return this.name === undefined ? {} : this.headers();
  }
}
