import { type ErrorCode, HeksherError, quoted } from '@heksher/core';

/** What an error of this library is about, as far as it is known. */
export type RolloutErrorDetails = Readonly<{ functionality?: string; unit?: string; cause?: unknown }>;

/**
 * What goes wrong in this library. `code` says what kind it is: `invalid` (the call is wrong), `not_found` (there is no
 * such functionality), `conflict` (what is stored contradicts the call), `unavailable` (the back end does not answer, or was closed),
 * and `not_acceptable_here` (a guarded call was refused: CallRefusedError).
 */
export class RolloutError extends HeksherError {
  readonly functionality: string | undefined;
  readonly unit: string | undefined;

  constructor(code: ErrorCode, message: string, { functionality, unit, cause }: RolloutErrorDetails = {}) {
    super(code, message, { cause });
    this.functionality = functionality;
    this.unit = unit;
  }
}

/** A guarded function or method was called for a unit, or at a time, for which its functionality is not enabled. */
export class CallRefusedError extends RolloutError {
  constructor(
    functionality: string,
    readonly functionName: string,
    unit: string | undefined,
  ) {
    const whom = unit === undefined ? '' : ` for ${quoted(unit)}`;
    const call = `${functionName || 'an anonymous function'} was not called`;
    super('not_acceptable_here', `${call}: the functionality ${quoted(functionality)} is not enabled${whom}`, {
      functionality,
      ...(unit !== undefined && { unit }),
    });
  }
}

export function invalidFor(functionality: string, why: string): RolloutError {
  return new RolloutError('invalid', `the functionality ${quoted(functionality)}: ${why}`, { functionality });
}

export function unknownFunctionality(functionality: string): RolloutError {
  const message = `there is no functionality ${quoted(functionality)}; add it with addFunc first`;
  return new RolloutError('not_found', message, { functionality });
}

/** The back end, called `where`, did not give an answer that can be used. */
export function unavailable(where: string, why: string, cause?: unknown): RolloutError {
  return new RolloutError('unavailable', `${where} cannot be used: ${why}`, { cause });
}

/** What was closed is not opened again. */
export function closed(): RolloutError {
  return new RolloutError('unavailable', 'the rollout or its back end was closed; make another one');
}
