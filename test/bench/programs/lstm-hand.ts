function cell(
  weights: Float64Array,
  weights_t: Float64Array,
  biases: Float64Array,
  biases_t: Float64Array,
  input: Float64Array,
  from: number,
  size: number,
  hidden: Float64Array,
  hidden_t: Float64Array,
  state: Float64Array,
  state_t: Float64Array,
  gates: Float64Array,
  gates_t: Float64Array,
): void {
  const n = hidden.length;
  for (let row = 0; row < 4 * n; row++) {
    const start = row * (size + n);
    let sum = biases[row] as number;
    let sum_t = biases_t[row] as number;
    for (let i = 0; i < size; i++) {
      const x = input[from + i] as number;
      sum += (weights[start + i] as number) * x;
      sum_t += (weights_t[start + i] as number) * x;
    }
    for (let i = 0; i < n; i++) {
      const weight = weights[start + size + i] as number;
      const h = hidden[i] as number;
      sum += weight * h;
      sum_t += (weights_t[start + size + i] as number) * h + weight * (hidden_t[i] as number);
    }
    if (row < 3 * n) {
      const gate = 1 / (1 + Math.exp(-sum));
      gates[row] = gate;
      gates_t[row] = gate * (1 - gate) * sum_t;
    } else {
      const gate = Math.tanh(sum);
      gates[row] = gate;
      gates_t[row] = (1 - gate * gate) * sum_t;
    }
  }
  for (let i = 0; i < n; i++) {
    const forget = gates[n + i] as number;
    const old = state[i] as number;
    const take = gates[i] as number;
    const candidate = gates[3 * n + i] as number;
    const output = gates[2 * n + i] as number;
    const next = forget * old + take * candidate;
    const next_t =
      (gates_t[n + i] as number) * old +
      forget * (state_t[i] as number) +
      (gates_t[i] as number) * candidate +
      take * (gates_t[3 * n + i] as number);
    state[i] = next;
    state_t[i] = next_t;
    const tanh = Math.tanh(next);
    hidden[i] = output * tanh;
    hidden_t[i] = (gates_t[2 * n + i] as number) * tanh + output * (1 - tanh * tanh) * next_t;
  }
}

export function lstm_jvp(
  weights: Float64Array,
  weights_t: Float64Array,
  biases: Float64Array,
  biases_t: Float64Array,
  inputs: Float64Array,
  size: number,
  units: number,
): [number, number] {
  const hidden = new Float64Array(units);
  const hidden_t = new Float64Array(units);
  const state = new Float64Array(units);
  const state_t = new Float64Array(units);
  const gates = new Float64Array(4 * units);
  const gates_t = new Float64Array(4 * units);
  for (let from = 0; from < inputs.length; from += size) {
    cell(weights, weights_t, biases, biases_t, inputs, from, size, hidden, hidden_t, state, state_t, gates, gates_t);
  }
  let sum = 0;
  let sum_t = 0;
  for (let i = 0; i < units; i++) {
    const h = hidden[i] as number;
    sum += h * h;
    sum_t += 2 * h * (hidden_t[i] as number);
  }
  return [0.5 * sum, 0.5 * sum_t];
}
