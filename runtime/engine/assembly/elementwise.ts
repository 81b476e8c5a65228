/**
 * Element by element, primal and tangent in one pass. `n` counts floats; results may take the place of operands. An address of 0
 * stands for the tangent of a constant.
 */

/** y = max(x, 0), and ẏ = ẋ where x > 0, else 0. Without a tangent when `y_t` is 0. */
export function relu(x: usize, x_t: usize, y: usize, y_t: usize, n: usize): void {
  const none = f32x4.splat(0);
  let i: usize = 0;
  const whole = (n * 4) & ~15;
  if (y_t == 0) {
    for (; i < whole; i += 16) v128.store(y + i, f32x4.max(v128.load(x + i), none));
  } else {
    for (; i < whole; i += 16) {
      const v = v128.load(x + i);
      const v_t = v128.load(x_t + i);
      v128.store(y + i, f32x4.max(v, none));
      v128.store(y_t + i, v128.and(f32x4.gt(v, none), v_t));
    }
  }
  for (const end = n * 4; i < end; i += 4) {
    const v = load<f32>(x + i);
    if (y_t) store<f32>(y_t + i, v > 0 ? load<f32>(x_t + i) : 0);
    store<f32>(y + i, max(v, 0));
  }
}

/** y[i, j] = x[i, j] + b[j]. */
export function bias(x: usize, b: usize, y: usize, rows: usize, columns: usize): void {
  const whole = (columns * 4) & ~15;
  const end = columns * 4;
  for (let i: usize = 0; i < rows; i++) {
    let j: usize = 0;
    for (; j < whole; j += 16) v128.store(y + j, f32x4.add(v128.load(x + j), v128.load(b + j)));
    for (; j < end; j += 4) store<f32>(y + j, load<f32>(x + j) + load<f32>(b + j));
    x += end;
    y += end;
  }
}

/** y[i, j] = b[j]. */
export function repeat(b: usize, y: usize, rows: usize, columns: usize): void {
  for (let i: usize = 0; i < rows; i++) memory.copy(y + i * columns * 4, b, columns * 4);
}

/** y[i, j] = max(x[i, j] + b[j], 0), and ẏ[i, j] = ẋ[i, j] + ḃ[j] where that is positive, else 0. */
export function biasRelu(
  x: usize, x_t: usize, b: usize, b_t: usize, y: usize, y_t: usize, rows: usize, columns: usize,
): void {
  const none = f32x4.splat(0);
  const whole = (columns * 4) & ~15;
  const end = columns * 4;
  for (let i: usize = 0; i < rows; i++) {
    let j: usize = 0;
    for (; j < whole; j += 16) {
      const z = f32x4.add(v128.load(x + j), v128.load(b + j));
      if (y_t) {
        let z_t = x_t ? v128.load(x_t + j) : none;
        if (b_t) z_t = f32x4.add(z_t, v128.load(b_t + j));
        v128.store(y_t + j, v128.and(f32x4.gt(z, none), z_t));
      }
      v128.store(y + j, f32x4.max(z, none));
    }
    for (; j < end; j += 4) {
      const z = load<f32>(x + j) + load<f32>(b + j);
      if (y_t) {
        let z_t: f32 = x_t ? load<f32>(x_t + j) : 0;
        if (b_t) z_t += load<f32>(b_t + j);
        store<f32>(y_t + j, z > 0 ? z_t : 0);
      }
      store<f32>(y + j, max(z, 0));
    }
    x += end;
    y += end;
    if (x_t) x_t += end;
    if (y_t) y_t += end;
  }
}

/** y ← y + α x. */
export function axpy(alpha: f32, x: usize, y: usize, n: usize): void {
  const factor = f32x4.splat(alpha);
  let i: usize = 0;
  for (const whole = (n * 4) & ~15; i < whole; i += 16) {
    v128.store(y + i, f32x4.add(v128.load(y + i), f32x4.mul(factor, v128.load(x + i))));
  }
  for (const end = n * 4; i < end; i += 4) store<f32>(y + i, load<f32>(y + i) + alpha * load<f32>(x + i));
}

/** y = α x. */
export function scale(alpha: f32, x: usize, y: usize, n: usize): void {
  const factor = f32x4.splat(alpha);
  let i: usize = 0;
  for (const whole = (n * 4) & ~15; i < whole; i += 16) v128.store(y + i, f32x4.mul(factor, v128.load(x + i)));
  for (const end = n * 4; i < end; i += 4) store<f32>(y + i, alpha * load<f32>(x + i));
}

/** y[i, j] = s[i] w[j]. */
export function outer(s: usize, w: usize, y: usize, rows: usize, columns: usize): void {
  const whole = (columns * 4) & ~15;
  const end = columns * 4;
  for (let i: usize = 0; i < rows; i++) {
    const factor = load<f32>(s + i * 4);
    const factors = f32x4.splat(factor);
    let j: usize = 0;
    for (; j < whole; j += 16) v128.store(y + j, f32x4.mul(factors, v128.load(w + j)));
    for (; j < end; j += 4) store<f32>(y + j, factor * load<f32>(w + j));
    y += end;
  }
}

/** y[i, j] ← y[i, j] + α s[i] w[j]. */
export function addOuter(alpha: f32, s: usize, w: usize, y: usize, rows: usize, columns: usize): void {
  const whole = (columns * 4) & ~15;
  const end = columns * 4;
  for (let i: usize = 0; i < rows; i++) {
    const factor = alpha * load<f32>(s + i * 4);
    const factors = f32x4.splat(factor);
    let j: usize = 0;
    for (; j < whole; j += 16) {
      v128.store(y + j, f32x4.add(v128.load(y + j), f32x4.mul(factors, v128.load(w + j))));
    }
    if (j + 8 <= end) {
      const pair = f32x4.add(v128.load64_zero(y + j), f32x4.mul(factors, v128.load64_zero(w + j)));
      v128.store_lane<f64>(y + j, pair, 0);
      j += 8;
    }
    if (j < end) store<f32>(y + j, load<f32>(y + j) + factor * load<f32>(w + j));
    y += end;
  }
}

/** Zeros. */
export function clear(y: usize, n: usize): void {
  memory.fill(y, 0, n * 4);
}

/** δ ← δ where y > 0, else 0. */
export function mask(y: usize, delta: usize, n: usize): void {
  const none = f32x4.splat(0);
  let i: usize = 0;
  for (const whole = (n * 4) & ~15; i < whole; i += 16) {
    v128.store(delta + i, v128.and(f32x4.gt(v128.load(y + i), none), v128.load(delta + i)));
  }
  for (const end = n * 4; i < end; i += 4) if (!(load<f32>(y + i) > 0)) store<f32>(delta + i, 0);
}

/** y[j] = Σᵢ x[i, j]. */
export function sumRows(x: usize, y: usize, rows: usize, columns: usize): void {
  memory.fill(y, 0, columns * 4);
  for (let i: usize = 0; i < rows; i++) {
    axpy(1, x, y, columns);
    x += columns * 4;
  }
}
