/**
 * C = A B, or C ← C + A B, for matrices of any storage order, with the panel of B shared between A and its tangent:
 *
 *     C = A B      Ċ = Ȧ B
 *
 * Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication" (2008): depth in blocks of at most 256, B in panels of
 * 16 columns that stay in the first cache, A in blocks of rows that stay in the second. Each element's sum runs over the depth in the same
 * order whatever the other sizes, so that any split of rows or columns between threads gives the same bits.
 */

import { block1x16, block2x12, block2x16, block4x4, block4x8 } from "./blocks";
import { packColumns, packRows, packTransposed } from "./pack";
import { madd, total } from "./simd";

const DEPTH: usize = 256;
const COLUMNS: usize = 64;
const ROWS: usize = 64;
/** So many rows of a transposed A are turned at once. */
const TURNED: usize = 256;
/** Bytes between them: rows a power of two apart would share the same lines of the first cache. */
const GAP: usize = 64;
/** Up to here a matrix is taken for a few vectors: packing the other one would cost more than it saves. */
const FEW: usize = 3;

/** Up to so many rows of A, or elements of B, packing costs more than it saves: B is read where it lies. */
const LOW: usize = 8;
const SMALL: usize = 4096;

/** Panels of B: DEPTH × COLUMNS floats. Rows of A that are stored as columns: TURNED × DEPTH, and the gaps. A tile that sticks out: 4 × 16. */
let panels: usize = 0;
let turned: usize = 0;
let tile: usize = 0;

/** Bytes of scratch memory wanted. */
export function productScratchSize(): usize {
  return (DEPTH * COLUMNS + TURNED * DEPTH + 64) * 4 + TURNED * GAP;
}

export function useProductScratch(at: usize): void {
  panels = at;
  turned = at + DEPTH * COLUMNS * 4;
  tile = turned + TURNED * (DEPTH * 4 + GAP);
}

/**
 * Element (i, p) of A lies at a + 4 (i · aRow + p · aColumn), likewise B; rows of C are `cRow` floats apart. One of the two strides of A
 * and of B is 1. `a_t` and `c_t` are 0 where there is no tangent. `add` and `add_t` say what is added to what C and Ċ hold.
 */
export function matmul(
  a: usize, a_t: usize, aRow: usize, aColumn: usize,
  b: usize, bRow: usize, bColumn: usize,
  c: usize, c_t: usize, cRow: usize,
  m: usize, k: usize, n: usize,
  add: bool, add_t: bool,
): void {
  if (k == 0) {
    if (!add && c) zero(c, cRow, m, n);
    if (!add_t && c_t) zero(c_t, cRow, m, n);
    return;
  }
  if (m <= FEW || n <= FEW) {
    if (c) few(a, aRow, aColumn, b, bRow, bColumn, c, cRow, m, k, n, add);
    if (a_t) few(a_t, aRow, aColumn, b, bRow, bColumn, c_t, cRow, m, k, n, add_t);
    return;
  }
  const blocks = (k + DEPTH - 1) / DEPTH;
  const depth = (k + blocks - 1) / blocks;
  const height = aColumn == 1 ? m : min(m, a_t && c ? TURNED / 2 : TURNED);
  const inPlace = bColumn == 1 && (m <= LOW || k * n <= SMALL);
  for (let i: usize = 0; i < m; i += height) {
    const mc = min(height, m - i);
    for (let p: usize = 0; p < k; p += depth) {
      const kc = min(depth, k - p);
      const skip = (i * aRow + p * aColumn) * 4;
      let x = a + skip;
      let x_t = a_t + skip;
      let stride = aRow * 4;
      if (aColumn != 1) {
        stride = kc * 4 + GAP;
        if (c) packTransposed(x, aColumn * 4, turned, stride, mc, kc);
        x = turned;
        if (a_t) packTransposed(x_t, aColumn * 4, c ? turned + mc * stride : turned, stride, mc, kc);
        x_t = c ? turned + mc * stride : turned;
      }
      for (let j: usize = 0; j < n; j += COLUMNS) {
        const nc = min(COLUMNS, n - j);
        const from = b + (p * bRow + j * bColumn) * 4;
        const there = inPlace ? from : 0;
        pack(from, bRow, bColumn, kc, nc, inPlace);
        const to = (i * cRow + j) * 4;
        if (c) rows(x, stride, there, bRow * 4, c + to, cRow * 4, mc, kc, nc, add || p > 0);
        if (a_t) rows(x_t, stride, there, bRow * 4, c_t + to, cRow * 4, mc, kc, nc, add_t || p > 0);
      }
    }
  }
}

/** How wide the panel is that takes the next columns of which `left` are left. */
// @ts-ignore: decorator
@inline
function widthOf(left: usize): usize {
  return left > 12 ? 16 : left > 8 ? 12 : left > 4 ? 8 : 4;
}

/** Writes the panels; those that can be read in place are left out if wanted. */
function pack(b: usize, bRow: usize, bColumn: usize, k: usize, n: usize, inPlace: bool): void {
  let panel = panels;
  for (let j: usize = 0; j < n; ) {
    const width = widthOf(n - j);
    const columns = min(width, n - j);
    if (bColumn == 1) {
      if (!inPlace || columns < width) packRows(b + j * 4, bRow * 4, panel, k, columns, width);
    } else packColumns(b + j * bColumn * 4, bColumn * 4, panel, k, columns, width);
    panel += k * width * 4;
    j += columns;
  }
}

/** Rows of A, each contiguous, times the panels; `b` is 0, or where whole panels are read in place. Strides in bytes. */
function rows(
  a: usize, aRow: usize, b: usize, bRow: usize, c: usize, cRow: usize, m: usize, k: usize, n: usize, add: bool,
): void {
  for (let i: usize = 0; i < m; i += ROWS) {
    const mc = min(ROWS, m - i);
    let panel = panels;
    for (let j: usize = 0; j < n; ) {
      const width = widthOf(n - j);
      const columns = min(width, n - j);
      const whole = b && columns == width;
      const from = whole ? b + j * 4 : panel;
      tiles(a + i * aRow, aRow, from, whole ? bRow : width * 4, c + i * cRow + j * 4, cRow, mc, k, columns, width, add);
      panel += k * width * 4;
      j += columns;
    }
  }
}

/** All rows of a block of A times one panel. Strides in bytes. */
function tiles(
  a: usize, aRow: usize, panel: usize, stride: usize, c: usize, cRow: usize, m: usize, k: usize, n: usize, width: usize, add: bool,
): void {
  let i: usize = 0;
  if (width <= 8) {
    for (; i < m; i += 4) {
      const last = m - i - 1;
      const a1 = a + min<usize>(1, last) * aRow;
      const a2 = a + min<usize>(2, last) * aRow;
      const a3 = a + min<usize>(3, last) * aRow;
      const whole = last >= 3;
      const to = whole ? c : tile;
      const row = whole ? cRow : 64;
      if (width == 4) block4x4(a, a1, a2, a3, panel, stride, k, to, to + row, to + 2 * row, to + 3 * row, n, add && whole);
      else block4x8(a, a1, a2, a3, panel, stride, k, to, to + row, to + 2 * row, to + 3 * row, n, add && whole);
      if (!whole) keep(c, cRow, last + 1, n, add);
      a += 4 * aRow;
      c += 4 * cRow;
    }
  } else if (width == 12) {
    for (; i < m; i += 2) {
      const whole = i + 2 <= m;
      const to = whole ? c + cRow : tile;
      block2x12(a, whole ? a + aRow : a, panel, stride, k, c, to, n, add);
      a += 2 * aRow;
      c += 2 * cRow;
    }
  } else {
    for (; i + 2 <= m; i += 2) {
      block2x16(a, a + aRow, panel, stride, k, c, c + cRow, n, add);
      a += 2 * aRow;
      c += 2 * cRow;
    }
    if (i < m) block1x16(a, panel, stride, k, c, n, add);
  }
}

/** The part of the tile that lies inside of C. */
function keep(c: usize, cRow: usize, m: usize, n: usize, add: bool): void {
  for (let i: usize = 0; i < m; i++) {
    const from = tile + i * 64;
    const to = c + i * cRow;
    let j: usize = 0;
    for (; j + 4 <= n; j += 4) {
      const s = v128.load(from + j * 4);
      v128.store(to + j * 4, add ? f32x4.add(v128.load(to + j * 4), s) : s);
    }
    for (; j < n; j++) {
      const s = load<f32>(from + j * 4);
      store<f32>(to + j * 4, add ? load<f32>(to + j * 4) + s : s);
    }
  }
}

function zero(c: usize, cRow: usize, m: usize, n: usize): void {
  for (let i: usize = 0; i < m; i++) memory.fill(c + i * cRow * 4, 0, n * 4);
}

/** Products with at most a few rows of A or columns of B: these are made contiguous, and the other matrix is read as it lies. */
function few(
  a: usize, aRow: usize, aColumn: usize,
  b: usize, bRow: usize, bColumn: usize,
  c: usize, cRow: usize,
  m: usize, k: usize, n: usize, add: bool,
): void {
  const most = TURNED * DEPTH / 4;
  for (let p: usize = 0; p < k; p += most) {
    const kc = min(most, k - p);
    const more = add || p > 0;
    if (m <= FEW) {
      for (let i: usize = 0; i < m; i++) {
        const x = a + (i * aRow + p * aColumn) * 4;
        const y = b + p * bRow * 4;
        line(contiguous(x, aColumn, kc), y, bRow, bColumn, c + i * cRow * 4, 1, kc, n, more);
      }
    } else {
      for (let j: usize = 0; j < n; j++) {
        const y = b + (j * bColumn + p * bRow) * 4;
        const x = a + p * aColumn * 4;
        line(contiguous(y, bRow, kc), x, aColumn, aRow, c + j * 4, cRow, kc, m, more);
      }
    }
  }
}

/** A vector of elements `step` floats apart, copied together if need be. */
function contiguous(x: usize, step: usize, k: usize): usize {
  if (step == 1) return x;
  for (let p: usize = 0; p < k; p++) store<f32>(turned + p * 4, load<f32>(x + p * step * 4));
  return turned;
}

/** c[j] = Σₚ x[p] B[p, j], with elements of c `step` floats apart. */
function line(
  x: usize, b: usize, bRow: usize, bColumn: usize, c: usize, step: usize, k: usize, n: usize, add: bool,
): void {
  if (bColumn != 1 || (bRow == 1 && n == 1)) {
    for (let j: usize = 0; j < n; j++) {
      const s = dot(x, b + j * bColumn * 4, k);
      const to = c + j * step * 4;
      store<f32>(to, add ? load<f32>(to) + s : s);
    }
  } else if (step == 1) {
    if (!add) memory.fill(c, 0, n * 4);
    combine(x, b, bRow * 4, c, k, n);
  } else {
    const sums = turned + (TURNED * DEPTH / 4) * 4;
    const most = TURNED * DEPTH / 4;
    for (let j: usize = 0; j < n; j += most) {
      const nc = min(most, n - j);
      memory.fill(sums, 0, nc * 4);
      combine(x, b + j * 4, bRow * 4, sums, k, nc);
      for (let i: usize = 0; i < nc; i++) {
        const to = c + (j + i) * step * 4;
        const s = load<f32>(sums + i * 4);
        store<f32>(to, add ? load<f32>(to) + s : s);
      }
    }
  }
}

/** Adds a combination of rows of B to c, four rows at a time. The stride in bytes. */
function combine(x: usize, b: usize, row: usize, c: usize, k: usize, n: usize): void {
  let p: usize = 0;
  for (; p + 4 <= k; p += 4) {
    const x0 = v128.load32_splat(x);
    const x1 = v128.load32_splat(x, 4);
    const x2 = v128.load32_splat(x, 8);
    const x3 = v128.load32_splat(x, 12);
    const b1 = b + row;
    const b2 = b1 + row;
    const b3 = b2 + row;
    let j: usize = 0;
    for (const end = n * 4 & ~15; j < end; j += 16) {
      let s = v128.load(c + j);
      s = madd(x0, v128.load(b + j), s);
      s = madd(x1, v128.load(b1 + j), s);
      s = madd(x2, v128.load(b2 + j), s);
      s = madd(x3, v128.load(b3 + j), s);
      v128.store(c + j, s);
    }
    for (const end = n * 4; j < end; j += 4) {
      let s = load<f32>(c + j);
      s += load<f32>(x) * load<f32>(b + j);
      s += load<f32>(x, 4) * load<f32>(b1 + j);
      s += load<f32>(x, 8) * load<f32>(b2 + j);
      s += load<f32>(x, 12) * load<f32>(b3 + j);
      store<f32>(c + j, s);
    }
    x += 16;
    b = b3 + row;
  }
  for (; p < k; p++) {
    const x0 = v128.load32_splat(x);
    let j: usize = 0;
    for (const end = n * 4 & ~15; j < end; j += 16) v128.store(c + j, madd(x0, v128.load(b + j), v128.load(c + j)));
    for (const end = n * 4; j < end; j += 4) store<f32>(c + j, load<f32>(c + j) + load<f32>(x) * load<f32>(b + j));
    x += 4;
    b += row;
  }
}

/** Σ xᵢ yᵢ of contiguous floats. */
export function dot(x: usize, y: usize, n: usize): f32 {
  let s0 = f32x4.splat(0);
  let s1 = f32x4.splat(0);
  let s2 = f32x4.splat(0);
  let s3 = f32x4.splat(0);
  let i: usize = 0;
  for (const end = n * 4 & ~63; i < end; i += 64) {
    s0 = madd(v128.load(x + i), v128.load(y + i), s0);
    s1 = madd(v128.load(x + i, 16), v128.load(y + i, 16), s1);
    s2 = madd(v128.load(x + i, 32), v128.load(y + i, 32), s2);
    s3 = madd(v128.load(x + i, 48), v128.load(y + i, 48), s3);
  }
  for (const end = n * 4 & ~15; i < end; i += 16) s0 = madd(v128.load(x + i), v128.load(y + i), s0);
  let s = total(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
  for (const end = n * 4; i < end; i += 4) s += load<f32>(x + i) * load<f32>(y + i);
  return s;
}
