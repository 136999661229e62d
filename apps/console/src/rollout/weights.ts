/** Weights are moved in parts of at least so many, so that an arrow moves a hundredth at most. */
const FINEST = 100;
const MOST = 9_999_999;

/** Weights as they are typed, as numbers; undefined where one is none. */
export function weightsOf(texts: readonly string[]): readonly number[] | undefined {
  return texts.every((text) => /^[1-9]\d{0,6}$/.test(text)) ? texts.map(Number) : undefined;
}

/** In the same proportions, but for rounding, with a sum that can be moved finely; the same ones where they are fine enough. */
export function fineWeights(weights: readonly number[]): readonly number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const wanted = Math.max(FINEST, weights.length);
  if (sum >= wanted) return weights;
  // The largest remainders are rounded up, so that the sum is as wanted; none becomes nothing.
  const exact = weights.map((weight) => (weight * wanted) / sum);
  const fine = exact.map((weight) => Math.max(1, Math.floor(weight)));
  const byRemainder = exact.map((_, index) => index).sort((a, b) => rest(exact[b]) - rest(exact[a]) || a - b);
  for (let left = wanted - fine.reduce((total, weight) => total + weight, 0), at = 0; left > 0; left -= 1, at += 1) {
    const index = byRemainder[at % byRemainder.length] ?? 0;
    fine[index] = (fine[index] ?? 0) + 1;
  }
  return fine;
}

function rest(weight = 0): number {
  return weight - Math.floor(weight);
}

/**
 * Moves what is between a variant and the next: a share of the sum goes from one to the other. The others stay as they are, the sum too, and each keeps at
 * least 1.
 * @param share of the sum, from -1 to 1, by which the variant at `index` grows
 */
export function withBoundaryMoved(weights: readonly number[], index: number, share: number): readonly number[] {
  const fine = fineWeights(weights);
  const [left, right] = [fine[index], fine[index + 1]];
  if (left === undefined || right === undefined) return weights;
  const sum = fine.reduce((total, weight) => total + weight, 0);
  const next = Math.min(left + right - 1, MOST, Math.max(1, left + right - MOST, left + Math.round(share * sum)));
  return next === left ? weights : fine.with(index, next).with(index + 1, left + right - next);
}
