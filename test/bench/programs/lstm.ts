import { type Arguments, numbers, uniform } from "./random.ts";

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/**
 * One cell of a long short-term memory, in place. `weights` holds one row per gate and unit (input, forget, output,
 * candidate), each over the input and then the hidden state.
 */
function cell(
  weights: Float64Array,
  biases: Float64Array,
  input: Float64Array,
  from: number,
  size: number,
  hidden: Float64Array,
  state: Float64Array,
  gates: Float64Array,
): void {
  const n = hidden.length;
  for (let row = 0; row < 4 * n; row++) {
    const start = row * (size + n);
    let sum = biases[row] as number;
    for (let i = 0; i < size; i++) sum += (weights[start + i] as number) * (input[from + i] as number);
    for (let i = 0; i < n; i++) sum += (weights[start + size + i] as number) * (hidden[i] as number);
    gates[row] = row < 3 * n ? sigmoid(sum) : Math.tanh(sum);
  }
  for (let i = 0; i < n; i++) {
    const next = (gates[n + i] as number) * (state[i] as number) + (gates[i] as number) * (gates[3 * n + i] as number);
    state[i] = next;
    hidden[i] = (gates[2 * n + i] as number) * Math.tanh(next);
  }
}

/** Half the squared length of the hidden state after a sequence of inputs. @fgrad wrt weights, biases */
export function lstm(
  weights: Float64Array,
  biases: Float64Array,
  inputs: Float64Array,
  size: number,
  units: number,
): number {
  const hidden = new Float64Array(units);
  const state = new Float64Array(units);
  const gates = new Float64Array(4 * units);
  for (let from = 0; from < inputs.length; from += size) {
    cell(weights, biases, inputs, from, size, hidden, state, gates);
  }
  let sum = 0;
  for (const h of hidden) sum += h * h;
  return 0.5 * sum;
}

export function inputs(seed: number): Arguments {
  const next = uniform(seed);
  const [size, units, steps] = [6, 10, 4];
  const length = 4 * units * (size + units);
  return [
    [numbers(next, length, 0.4), numbers(next, length)],
    [numbers(next, 4 * units, 0.4), numbers(next, 4 * units)],
    [numbers(next, steps * size), undefined],
    [size, undefined],
    [units, undefined],
  ];
}
