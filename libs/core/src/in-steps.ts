/** What is made step by step, for callers that must not hold the thread for long. */
export type InSteps<Result> = Generator<undefined, Result, undefined>;

/** The result, made in one go. */
export function atOnce<Result>(steps: InSteps<Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
