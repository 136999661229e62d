import { HeksherError } from '@heksher/core';

/** What is refused for want of room, and may be asked again after so many seconds. */
export class RetryLater extends HeksherError {
  constructor(
    message: string,
    readonly afterS: number,
  ) {
    super('unavailable', message);
  }
}
