export function mixture_jvp(
  alphas: Float64Array,
  alphas_t: Float64Array,
  means: Float64Array,
  means_t: Float64Array,
  factors: Float64Array,
  factors_t: Float64Array,
  points: Float64Array,
  d: number,
): [number, number] {
  const k = alphas.length;
  const n = points.length / d;
  const size = (d * (d + 1)) / 2;
  const diagonals = new Float64Array(k * d);
  const diagonals_t = new Float64Array(k * d);
  const logDeterminants = new Float64Array(k);
  const logDeterminants_t = new Float64Array(k);
  for (let j = 0; j < k; j++) {
    let sum = 0;
    let sum_t = 0;
    for (let i = 0; i < d; i++) {
      const q = factors[j * size + i] as number;
      const q_t = factors_t[j * size + i] as number;
      sum += q;
      sum_t += q_t;
      const diagonal = Math.exp(q);
      diagonals[j * d + i] = diagonal;
      diagonals_t[j * d + i] = q_t * diagonal;
    }
    logDeterminants[j] = sum;
    logDeterminants_t[j] = sum_t;
  }
  const centred = new Float64Array(d);
  const centred_t = new Float64Array(d);
  const terms = new Float64Array(k);
  const terms_t = new Float64Array(k);
  let total = 0;
  let total_t = 0;
  for (let p = 0; p < n; p++) {
    for (let j = 0; j < k; j++) {
      for (let i = 0; i < d; i++) {
        centred[i] = (points[p * d + i] as number) - (means[j * d + i] as number);
        centred_t[i] = -(means_t[j * d + i] as number);
      }
      let square = 0;
      let square_t = 0;
      let at = j * size + d;
      for (let row = 0; row < d; row++) {
        const diagonal = diagonals[j * d + row] as number;
        const own = centred[row] as number;
        let sum = diagonal * own;
        let sum_t = (diagonals_t[j * d + row] as number) * own + diagonal * (centred_t[row] as number);
        for (let column = 0; column < row; column++) {
          const factor = factors[at] as number;
          const c = centred[column] as number;
          sum += factor * c;
          sum_t += (factors_t[at] as number) * c + factor * (centred_t[column] as number);
          at++;
        }
        square += sum * sum;
        square_t += 2 * sum * sum_t;
      }
      terms[j] = (alphas[j] as number) + (logDeterminants[j] as number) - 0.5 * square;
      terms_t[j] = (alphas_t[j] as number) + (logDeterminants_t[j] as number) - 0.5 * square_t;
    }
    total += logSumExp(terms, terms_t);
    total_t += slope;
  }
  const normalizer = logSumExp(alphas, alphas_t);
  return [total - n * normalizer, total_t - n * slope];
}

/** Left by the last call of `logSumExp`. */
let slope = 0;

function logSumExp(values: Float64Array, values_t: Float64Array): number {
  let largest = values[0] as number;
  for (let i = 1; i < values.length; i++) largest = Math.max(largest, values[i] as number);
  let sum = 0;
  let sum_t = 0;
  // Whichever is the largest, its slope cancels.
  for (let i = 0; i < values.length; i++) {
    const share = Math.exp((values[i] as number) - largest);
    sum += share;
    sum_t += share * (values_t[i] as number);
  }
  slope = sum_t / sum;
  return largest + Math.log(sum);
}
