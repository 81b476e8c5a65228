/** Numeric differentiation that estimates its own error: central differences, extrapolated to step zero (Ridders). */

/** f′(0) with an estimate of the error; f is evaluated within ±step. */
export function derivative(f: (s: number) => number, step: number): { readonly value: number; readonly error: number } {
  const shrink = 1.4;
  let best = { value: Number.NaN, error: Number.POSITIVE_INFINITY };
  let previous: number[] = [];
  for (let i = 0, h = step; i < 10; i++, h /= shrink) {
    const row = [(f(h) - f(-h)) / (2 * h)];
    let factor = shrink * shrink;
    for (const [j, older] of previous.entries()) {
      const newer = row[j] ?? Number.NaN;
      const value = (newer * factor - older) / (factor - 1);
      const error = Math.max(Math.abs(value - newer), Math.abs(value - older));
      if (error <= best.error) best = { value, error };
      row.push(value);
      factor *= shrink * shrink;
    }
    previous = row;
  }
  return best;
}
