/** The request is refused before its handler, with just this status. */
export class Refused extends Error {
  constructor(
    readonly status: 400 | 403 | 415 | 417 | 431,
    message: string,
  ) {
    super(message);
  }
}
