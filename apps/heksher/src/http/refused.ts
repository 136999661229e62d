/** An error of the entrance: the request is refused with just this status. */
export class Refused extends Error {
  constructor(
    readonly status: 400 | 403 | 417 | 431,
    message: string,
  ) {
    super(message);
  }
}
