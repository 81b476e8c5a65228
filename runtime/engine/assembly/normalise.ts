/** Normalisation of rows and of columns, in double precision between loads and stores: the formulas of runtime/kernels/normalise.ts. */

// @ts-ignore: decorator
@inline
function two(at: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(at));
}

// @ts-ignore: decorator
@inline
function keepTwo(at: usize, v: v128): void {
  v128.store64_lane(at, f32x4.demote_f64x2_zero(v), 0);
}

// @ts-ignore: decorator
@inline
function both(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1);
}

/** Two elements of a result, with the mean, r, the mean of ẋ and that of n ẋ. */
// @ts-ignore: decorator
@inline
function apply2(
  x: usize, x_t: usize, g: usize, g_t: usize, s: usize, s_t: usize, y: usize, y_t: usize, mean: v128, r: v128, mean_t: v128, along: v128,
): void {
  const n = f64x2.mul(f64x2.sub(two(x), mean), r);
  const gain = two(g);
  if (y_t) {
    let slope = s_t ? two(s_t) : f64x2.splat(0);
    if (g_t) slope = f64x2.add(slope, f64x2.mul(two(g_t), n));
    if (x_t) {
      const n_t = f64x2.sub(f64x2.sub(two(x_t), mean_t), f64x2.mul(n, along));
      slope = f64x2.add(slope, f64x2.mul(f64x2.mul(gain, r), n_t));
    }
    keepTwo(y_t, slope);
  }
  keepTwo(y, f64x2.add(f64x2.mul(gain, n), two(s)));
}

/** One element of a result. */
function apply1(
  x: usize, x_t: usize, g: usize, g_t: usize, s: usize, s_t: usize, y: usize, y_t: usize, mean: f64, r: f64, mean_t: f64, along: f64,
): void {
  const n = (<f64>load<f32>(x) - mean) * r;
  const gain = <f64>load<f32>(g);
  if (y_t) {
    let slope: f64 = s_t ? <f64>load<f32>(s_t) : 0;
    if (g_t) slope += <f64>load<f32>(g_t) * n;
    if (x_t) slope += gain * r * (<f64>load<f32>(x_t) - mean_t - n * along);
    store<f32>(y_t, <f32>slope);
  }
  store<f32>(y, <f32>(gain * n + <f64>load<f32>(s)));
}

// @ts-ignore: decorator
@inline
function at(base: usize, offset: usize): usize {
  return base ? base + offset : 0;
}

/** Each row to mean 0 and variance 1, times the gain g, plus the shift s. Tangents may be 0. */
export function layerNorm(
  x: usize, x_t: usize, g: usize, g_t: usize, s: usize, s_t: usize, y: usize, y_t: usize, rows: usize, columns: usize, epsilon: f64,
): void {
  const even = (columns * 4) & ~7;
  const end = columns * 4;
  for (let i: usize = 0; i < rows; i++) {
    let sums = f64x2.splat(0);
    for (let j: usize = 0; j < even; j += 8) sums = f64x2.add(sums, two(x + j));
    let mean = both(sums);
    if (even < end) mean += <f64>load<f32>(x + even);
    mean /= columns;
    const means = f64x2.splat(mean);
    sums = f64x2.splat(0);
    for (let j: usize = 0; j < even; j += 8) {
      const d = f64x2.sub(two(x + j), means);
      sums = f64x2.add(sums, f64x2.mul(d, d));
    }
    let variance = both(sums);
    if (even < end) variance += (<f64>load<f32>(x + even) - mean) * (<f64>load<f32>(x + even) - mean);
    const r = 1 / Math.sqrt(variance / columns + epsilon);
    let mean_t: f64 = 0;
    let along: f64 = 0;
    if (x_t && y_t) {
      let tangents = f64x2.splat(0);
      sums = f64x2.splat(0);
      for (let j: usize = 0; j < even; j += 8) {
        const v_t = two(x_t + j);
        tangents = f64x2.add(tangents, v_t);
        sums = f64x2.add(sums, f64x2.mul(f64x2.sub(two(x + j), means), v_t));
      }
      mean_t = both(tangents);
      along = both(sums);
      if (even < end) {
        const v_t = <f64>load<f32>(x_t + even);
        mean_t += v_t;
        along += (<f64>load<f32>(x + even) - mean) * v_t;
      }
      mean_t /= columns;
      along *= r / columns;
    }
    const rs = f64x2.splat(r);
    const means_t = f64x2.splat(mean_t);
    const alongs = f64x2.splat(along);
    for (let j: usize = 0; j < even; j += 8) {
      apply2(x + j, at(x_t, j), g + j, at(g_t, j), s + j, at(s_t, j), y + j, at(y_t, j), means, rs, means_t, alongs);
    }
    if (even < end) {
      const j = even;
      apply1(x + j, at(x_t, j), g + j, at(g_t, j), s + j, at(s_t, j), y + j, at(y_t, j), mean, r, mean_t, along);
    }
    x += end;
    y += end;
    if (x_t) x_t += end;
    if (y_t) y_t += end;
  }
}

/** Each column likewise. `work` has room for 4 doubles a column, and two more, on which the arithmetic runs. */
export function batchNorm(
  x: usize, x_t: usize, g: usize, g_t: usize, s: usize, s_t: usize, y: usize, y_t: usize, rows: usize, columns: usize, epsilon: f64,
  work: usize,
): void {
  const even = columns & ~1;
  const line = columns * 4;
  const means = work;
  const scales = work + columns * 8;
  const means_t = scales + columns * 8;
  const alongs = means_t + columns * 8;
  memory.fill(work, 0, columns * 32);
  for (let i: usize = 0; i < rows; i++) addRow(x + i * line, means, columns);
  divide(means, columns, rows);
  for (let i: usize = 0; i < rows; i++) {
    const row = x + i * line;
    let j: usize = 0;
    for (; j < even; j += 2) {
      const d = f64x2.sub(two(row + j * 4), v128.load(means + j * 8));
      v128.store(scales + j * 8, f64x2.add(v128.load(scales + j * 8), f64x2.mul(d, d)));
    }
    if (j < columns) {
      const d = <f64>load<f32>(row + j * 4) - load<f64>(means + j * 8);
      store<f64>(scales + j * 8, load<f64>(scales + j * 8) + d * d);
    }
  }
  for (let j: usize = 0; j < columns; j++) {
    store<f64>(scales + j * 8, 1 / Math.sqrt(load<f64>(scales + j * 8) / rows + epsilon));
  }
  if (x_t && y_t) {
    for (let i: usize = 0; i < rows; i++) {
      const row = x + i * line;
      const row_t = x_t + i * line;
      addRow(row_t, means_t, columns);
      let j: usize = 0;
      for (; j < even; j += 2) {
        const n = f64x2.sub(two(row + j * 4), v128.load(means + j * 8));
        v128.store(alongs + j * 8, f64x2.add(v128.load(alongs + j * 8), f64x2.mul(n, two(row_t + j * 4))));
      }
      if (j < columns) {
        const n = <f64>load<f32>(row + j * 4) - load<f64>(means + j * 8);
        store<f64>(alongs + j * 8, load<f64>(alongs + j * 8) + n * <f64>load<f32>(row_t + j * 4));
      }
    }
    divide(means_t, columns, rows);
    for (let j: usize = 0; j < columns; j++) {
      store<f64>(alongs + j * 8, load<f64>(alongs + j * 8) * load<f64>(scales + j * 8) / rows);
    }
  }
  for (let i: usize = 0; i < rows; i++) {
    const from = i * line;
    let j: usize = 0;
    for (; j < even; j += 2) {
      const o = from + j * 4;
      apply2(
        x + o, at(x_t, o), g + j * 4, at(g_t, j * 4), s + j * 4, at(s_t, j * 4), y + o, at(y_t, o),
        v128.load(means + j * 8), v128.load(scales + j * 8), v128.load(means_t + j * 8), v128.load(alongs + j * 8),
      );
    }
    if (j < columns) {
      const o = from + j * 4;
      apply1(
        x + o, at(x_t, o), g + j * 4, at(g_t, j * 4), s + j * 4, at(s_t, j * 4), y + o, at(y_t, o),
        load<f64>(means + j * 8), load<f64>(scales + j * 8), load<f64>(means_t + j * 8), load<f64>(alongs + j * 8),
      );
    }
  }
}

/** Adds a row of floats to doubles. */
function addRow(row: usize, to: usize, columns: usize): void {
  let j: usize = 0;
  for (const even = columns & ~1; j < even; j += 2) {
    v128.store(to + j * 8, f64x2.add(v128.load(to + j * 8), two(row + j * 4)));
  }
  if (j < columns) store<f64>(to + j * 8, load<f64>(to + j * 8) + <f64>load<f32>(row + j * 4));
}

function divide(values: usize, count: usize, divisor: usize): void {
  for (let j: usize = 0; j < count; j++) store<f64>(values + j * 8, load<f64>(values + j * 8) / divisor);
}
