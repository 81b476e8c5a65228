/** Images by pixels, channels last: patches for convolutions, and pooling. Sizes in elements. */

/**
 * Writes the patches under `count` output pixels from number `first` on, each as a row of size · size · channels floats; zeros outside of the
 * image. Output pixels are numbered through the batch, row by row.
 */
export function patches(
  x: usize, to: usize, first: i32, count: i32,
  height: i32, width: i32, channels: i32, size: i32, stride: i32, padding: i32, outHeight: i32, outWidth: i32,
): void {
  const line = <usize>channels * 4;
  let column = first % outWidth;
  let row = (first / outWidth) % outHeight;
  let image = x + <usize>(first / (outWidth * outHeight) * height * width) * line;
  const whole = <usize>(height * width) * line;
  for (let i = 0; i < count; i++) {
    const left = column * stride - padding;
    const from = max(0, -left);
    const until = min(size, width - left);
    for (let u = 0; u < size; u++) {
      const y = row * stride - padding + u;
      if (y < 0 || y >= height || until <= from) {
        memory.fill(to, 0, <usize>size * line);
        to += <usize>size * line;
        continue;
      }
      if (from > 0) {
        memory.fill(to, 0, <usize>from * line);
        to += <usize>from * line;
      }
      to = copy(image + <usize>(y * width + left + from) * line, to, <usize>(until - from) * line);
      if (until < size) {
        memory.fill(to, 0, <usize>(size - until) * line);
        to += <usize>(size - until) * line;
      }
    }
    if (++column == outWidth) {
      column = 0;
      if (++row == outHeight) {
        row = 0;
        image += whole;
      }
    }
  }
}

/** Copies floats; returns where the copy ends. */
function copy(from: usize, to: usize, bytes: usize): usize {
  const end = to + bytes;
  for (; to + 64 <= end; to += 64, from += 64) {
    const v0 = v128.load(from);
    const v1 = v128.load(from, 16);
    const v2 = v128.load(from, 32);
    const v3 = v128.load(from, 48);
    v128.store(to, v0);
    v128.store(to, v1, 16);
    v128.store(to, v2, 32);
    v128.store(to, v3, 48);
  }
  for (; to < end; to += 4, from += 4) store<f32>(to, load<f32>(from));
  return end;
}

/** The largest of each size × size window, and the tangent of the first that is largest. Without tangents when `y_t` is 0. */
export function maxPool(
  x: usize, x_t: usize, y: usize, y_t: usize, batch: i32, height: i32, width: i32, channels: i32, size: i32,
): void {
  const line = <usize>channels * 4;
  const down = <usize>width * line;
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i + size <= height; i += size) {
      for (let j = 0; j + size <= width; j += size) {
        const at = <usize>((b * height + i) * width + j) * line;
        let c: usize = 0;
        for (const whole = line & ~15; c < whole; c += 16) {
          let best = v128.load(x + at + c);
          if (y_t == 0) {
            for (let u: usize = 0; u < <usize>size; u++) {
              for (let v: usize = u == 0 ? 1 : 0; v < <usize>size; v++) {
                best = f32x4.max(best, v128.load(x + at + u * down + v * line + c));
              }
            }
          } else {
            let best_t = v128.load(x_t + at + c);
            for (let u: usize = 0; u < <usize>size; u++) {
              for (let v: usize = u == 0 ? 1 : 0; v < <usize>size; v++) {
                const place = at + u * down + v * line + c;
                const other = v128.load(x + place);
                best_t = v128.bitselect(best_t, v128.load(x_t + place), f32x4.ge(best, other));
                best = f32x4.max(best, other);
              }
            }
            v128.store(y_t + c, best_t);
          }
          v128.store(y + c, best);
        }
        for (; c < line; c += 4) {
          let best = load<f32>(x + at + c);
          let best_t = y_t ? load<f32>(x_t + at + c) : 0;
          for (let u: usize = 0; u < <usize>size; u++) {
            for (let v: usize = u == 0 ? 1 : 0; v < <usize>size; v++) {
              const place = at + u * down + v * line + c;
              const other = load<f32>(x + place);
              if (y_t && !(best >= other)) best_t = load<f32>(x_t + place);
              best = max(best, other);
            }
          }
          if (y_t) store<f32>(y_t + c, best_t);
          store<f32>(y + c, best);
        }
        y += line;
        if (y_t) y_t += line;
      }
    }
  }
}

/** Transposes `maxPool`: gives δ to the first largest of each window, 0 to the others. */
export function spread(
  x: usize, y: usize, delta: usize, to: usize, batch: i32, height: i32, width: i32, channels: i32, size: i32,
): void {
  const line = <usize>channels * 4;
  const down = <usize>width * line;
  memory.fill(to, 0, <usize>(batch * height * width) * line);
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i + size <= height; i += size) {
      for (let j = 0; j + size <= width; j += size) {
        const at = <usize>((b * height + i) * width + j) * line;
        let c: usize = 0;
        for (const whole = line & ~15; c < whole; c += 16) {
          const best = v128.load(y + c);
          let left = v128.load(delta + c);
          for (let u: usize = 0; u < <usize>size; u++) {
            for (let v: usize = 0; v < <usize>size; v++) {
              const place = at + u * down + v * line + c;
              const hit = f32x4.eq(v128.load(x + place), best);
              v128.store(to + place, v128.and(hit, left));
              left = v128.andnot(left, hit);
            }
          }
        }
        for (; c < line; c += 4) {
          const best = load<f32>(y + c);
          let left = load<f32>(delta + c);
          for (let u: usize = 0; u < <usize>size; u++) {
            for (let v: usize = 0; v < <usize>size; v++) {
              const place = at + u * down + v * line + c;
              if (load<f32>(x + place) != best) continue;
              store<f32>(to + place, left);
              left = 0;
            }
          }
        }
        y += line;
        delta += line;
      }
    }
  }
}

/** The mean of each size × size window, summed in double precision in order. */
export function avgPool(
  x: usize, y: usize, batch: i32, height: i32, width: i32, channels: i32, size: i32,
): void {
  const line = <usize>channels * 4;
  const down = <usize>width * line;
  const count = <f64>(size * size);
  const counts = f64x2.splat(count);
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i + size <= height; i += size) {
      for (let j = 0; j + size <= width; j += size) {
        const at = x + <usize>((b * height + i) * width + j) * line;
        let c: usize = 0;
        for (const whole = line & ~15; c < whole; c += 16) {
          let near = f64x2.splat(0);
          let far = f64x2.splat(0);
          for (let u: usize = 0; u < <usize>size; u++) {
            for (let v: usize = 0; v < <usize>size; v++) {
              const four = v128.load(at + u * down + v * line + c);
              near = f64x2.add(near, f64x2.promote_low_f32x4(four));
              far = f64x2.add(far, f64x2.promote_low_f32x4(v128.shuffle<i64>(four, four, 1, 1)));
            }
          }
          const low = f32x4.demote_f64x2_zero(f64x2.div(near, counts));
          v128.store(y + c, v128.shuffle<i64>(low, f32x4.demote_f64x2_zero(f64x2.div(far, counts)), 0, 2));
        }
        for (; c < line; c += 4) {
          let total: f64 = 0;
          for (let u: usize = 0; u < <usize>size; u++) {
            for (let v: usize = 0; v < <usize>size; v++) total += <f64>load<f32>(at + u * down + v * line + c);
          }
          store<f32>(y + c, <f32>(total / count));
        }
        y += line;
      }
    }
  }
}
