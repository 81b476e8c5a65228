import { type Arguments, numbers, uniform } from "./random.ts";

/**
 * Log-likelihood of points under a mixture of Gaussians. The inverse covariance of each is L·Lᵀ; `factors` holds the
 * logarithms of L's diagonal, then its lower triangle row by row. @fgrad wrt alphas, means, factors
 */
export function mixture(
  alphas: Float64Array,
  means: Float64Array,
  factors: Float64Array,
  points: Float64Array,
  d: number,
): number {
  const k = alphas.length;
  const n = points.length / d;
  const size = (d * (d + 1)) / 2;
  const diagonals = new Float64Array(k * d);
  const logDeterminants = new Float64Array(k);
  for (let j = 0; j < k; j++) {
    let sum = 0;
    for (let i = 0; i < d; i++) {
      const q = factors[j * size + i] as number;
      sum += q;
      diagonals[j * d + i] = Math.exp(q);
    }
    logDeterminants[j] = sum;
  }
  const centred = new Float64Array(d);
  const terms = new Float64Array(k);
  let total = 0;
  for (let p = 0; p < n; p++) {
    for (let j = 0; j < k; j++) {
      for (let i = 0; i < d; i++) centred[i] = (points[p * d + i] as number) - (means[j * d + i] as number);
      let square = 0;
      let at = j * size + d;
      for (let row = 0; row < d; row++) {
        let sum = (diagonals[j * d + row] as number) * (centred[row] as number);
        for (let column = 0; column < row; column++) {
          sum += (factors[at] as number) * (centred[column] as number);
          at++;
        }
        square += sum * sum;
      }
      terms[j] = (alphas[j] as number) + (logDeterminants[j] as number) - 0.5 * square;
    }
    total += logSumExp(terms);
  }
  return total - n * logSumExp(alphas);
}

function logSumExp(values: Float64Array): number {
  let largest = values[0] as number;
  for (let i = 1; i < values.length; i++) largest = Math.max(largest, values[i] as number);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += Math.exp((values[i] as number) - largest);
  return largest + Math.log(sum);
}

export function inputs(seed: number): Arguments {
  const next = uniform(seed);
  const [k, d, n] = [5, 3, 20];
  const size = (d * (d + 1)) / 2;
  return [
    [numbers(next, k), numbers(next, k)],
    [numbers(next, k * d), numbers(next, k * d)],
    [numbers(next, k * size, 0.5), numbers(next, k * size)],
    [numbers(next, n * d), undefined],
    [d, undefined],
  ];
}
