/**
 * C = A B, or C ← C + A B, for matrices of any storage order, with the panel of B shared between A and its tangent:
 *
 *     C = A B      Ċ = Ȧ B
 *
 * Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication" (2008): depth in blocks of at most 256, B in panels of
 * 16 columns that stay in the first cache, A in blocks of rows that stay in the second. Each element's sum runs over the depth in the same
 * order whatever the other sizes, so that any split of rows or columns between threads gives the same bits.
 */

import { block1x16, block2x12, block2x16, block3x4, block3x8, block4x4, block4x8, block5x4 } from "./blocks";
import { dots } from "./dots";
import { packColumns, packRows, packTransposed, splitColumns } from "./pack";
import { first, madd } from "./simd";

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
/** From this depth on dot products pay; from the second on those of up to eight rows or columns do. */
const DEEP: usize = 16;
const DEEPER: usize = 48;
/** Up to so many rows or columns are combined when the other matrix has more elements than that. */
const MODEST: usize = 6;
const LARGE: usize = 1 << 16;
/** Dot products are cut at this depth, so that operands stay in the cache and roundings few. */
const CUT: usize = 1024;

/** Panels of B: DEPTH × COLUMNS floats. Rows of A that are stored as columns: TURNED × DEPTH, and the gaps. A tile before it is turned: 5 × 16. */
let panels: usize = 0;
let turned: usize = 0;
let tile: usize = 0;

/** Bytes of scratch memory wanted. */
export function productScratchSize(): usize {
  return (DEPTH * COLUMNS + TURNED * DEPTH + 80) * 4 + TURNED * GAP;
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
  const low = min(m, n);
  if (low <= LOW) {
    const high = max(m, n);
    // Along the depth: dot products where the longer matrix is contiguous; the other one is made so.
    const deep = high <= FEW || (low <= FEW
      ? k >= DEEP && (m < n ? bRow : aColumn) == 1
      : low < LOW && k >= DEEPER && (m < n ? bRow : aColumn) == 1 && ((m < n ? aColumn : bRow) == 1 || low == 5 || (low == 4 && high > LOW)));
    // Along the longer side, where that reads whole lines of a matrix that no cache holds, or is one long combination.
    const across = m < n ? bColumn == 1 : aRow == 1;
    const wide = !deep && across && (low > FEW ? low <= MODEST && (m < n ? bRow : aColumn) * k > LARGE : k == 1 || high > COLUMNS);
    if (deep || wide) {
      if (c) thin(a, aRow, aColumn, b, bRow, bColumn, c, cRow, m, k, n, deep, add);
      if (a_t) thin(a_t, aRow, aColumn, b, bRow, bColumn, c_t, cRow, m, k, n, deep, add_t);
      return;
    }
    if (n <= FEW ? across : bColumn != 1 && m <= LOW && (m < n || aRow == 1)) {
      if (c) panelwise(b, 0, bColumn, bRow, a, aColumn, aRow, c, 0, cRow, n, k, m, add, false, true);
      if (a_t) panelwise(b, 0, bColumn, bRow, a_t, aColumn, aRow, c_t, 0, cRow, n, k, m, add_t, false, true);
      return;
    }
  }
  panelwise(a, a_t, aRow, aColumn, b, bRow, bColumn, c, c_t, cRow, m, k, n, add, add_t, false);
}

/** The same by panels. `flip` says that the transpose of C is stored. */
function panelwise(
  a: usize, a_t: usize, aRow: usize, aColumn: usize,
  b: usize, bRow: usize, bColumn: usize,
  c: usize, c_t: usize, cRow: usize,
  m: usize, k: usize, n: usize,
  add: bool, add_t: bool, flip: bool,
): void {
  const blocks = (k + DEPTH - 1) / DEPTH;
  const depth = (k + blocks - 1) / blocks;
  // Rows that few columns meet are read where they lie; in a large power of two's distance they would share lines of the first cache.
  const turn = aColumn != 1 && (min(m, n) > 2 * LOW || (k > 64 && (aColumn & 127) == 0));
  const height = turn ? (a_t && c ? TURNED / 2 : TURNED) : m;
  const inPlace = bColumn == 1 && n > FEW && (m <= LOW || k * n <= SMALL);
  // Three, five or seven rows fit into blocks of eight columns, which pay from some depth on.
  const most: usize = flip || (m < LOW && m & 1 && k >= DEEPER) ? 8 : 16;
  for (let i: usize = 0; i < m; ) {
    const mc = part(m - i, height);
    for (let p: usize = 0; p < k; p += depth) {
      const kc = min(depth, k - p);
      const skip = (i * aRow + p * aColumn) * 4;
      let x = a + skip;
      let x_t = a_t + skip;
      let stride = aRow * 4;
      let step = aColumn * 4;
      if (turn) {
        stride = kc * 4 + GAP;
        step = 4;
        if (c) packTransposed(x, aColumn * 4, turned, stride, mc, kc);
        x = turned;
        if (a_t) packTransposed(x_t, aColumn * 4, c ? turned + mc * stride : turned, stride, mc, kc);
        x_t = c ? turned + mc * stride : turned;
      }
      for (let j: usize = 0; j < n; ) {
        const nc = part(n - j, COLUMNS);
        const from = b + (p * bRow + j * bColumn) * 4;
        const there = inPlace ? from : 0;
        pack(from, bRow, bColumn, kc, nc, inPlace, most);
        const to = (flip ? j * cRow + i : i * cRow + j) * 4;
        if (c) rows(x, stride, step, there, bRow * 4, c + to, cRow * 4, mc, kc, nc, most, flip, add || p > 0);
        if (a_t) rows(x_t, stride, step, there, bRow * 4, c_t + to, cRow * 4, mc, kc, nc, most, flip, add_t || p > 0);
        j += nc;
      }
    }
    i += mc;
  }
}

/** So many of the rows or columns that are left, four or more, are taken at once: none of the last one to three stay alone. */
// @ts-ignore: decorator
@inline
function part(left: usize, most: usize): usize {
  return left <= most ? left : left < most + 4 ? most - 4 : most;
}

/** How wide the panel is that holds so many columns. */
// @ts-ignore: decorator
@inline
function widthOf(columns: usize): usize {
  return (columns + 3) & ~3;
}

/** Writes the panels; those that can be read in place are left out if wanted. */
function pack(b: usize, bRow: usize, bColumn: usize, k: usize, n: usize, inPlace: bool, most: usize): void {
  let panel = panels;
  for (let j: usize = 0; j < n; ) {
    const columns = part(n - j, most);
    const width = widthOf(columns);
    if (bColumn == 1) {
      if (!inPlace || (columns < width && width > 8)) packRows(b + j * 4, bRow * 4, panel, k, columns, width);
    } else packColumns(b + j * bColumn * 4, bColumn * 4, panel, k, columns, width);
    panel += k * width * 4;
    j += columns;
  }
}

/** Rows of A times the panels, of up to `most` columns; `b` is 0, or where panels are read in place. Strides in bytes. */
function rows(
  a: usize, aRow: usize, step: usize, b: usize, bRow: usize, c: usize, cRow: usize, m: usize, k: usize, n: usize, most: usize, flip: bool, add: bool,
): void {
  for (let i: usize = 0; i < m; ) {
    const mc = part(m - i, ROWS);
    let panel = panels;
    const row = c + (flip ? i * 4 : i * cRow);
    for (let j: usize = 0; j < n; ) {
      const columns = part(n - j, most);
      const width = widthOf(columns);
      const there = b && (columns == width || width <= 8);
      const from = there ? b + j * 4 : panel;
      const stride = there ? bRow : width * 4;
      const to = flip ? row + j * cRow : row + j * 4;
      if (width <= 8) narrow(a + i * aRow, aRow, step, from, there ? columns * 4 - 16 : width * 4 - 16, stride, to, cRow, mc, k, columns, flip, add);
      else tiles(a + i * aRow, aRow, step, from, stride, to, cRow, mc, k, columns, width, add);
      panel += k * width * 4;
      j += columns;
    }
    i += mc;
  }
}

/** All rows of a block of A times one wide panel. Strides in bytes. */
function tiles(
  a: usize, aRow: usize, step: usize, panel: usize, stride: usize, c: usize, cRow: usize, m: usize, k: usize, n: usize, width: usize, add: bool,
): void {
  let i: usize = 0;
  if (width == 12) {
    for (; i < m; i += 2) {
      const whole = i + 2 <= m;
      block2x12(a, whole ? a + aRow : a, step, panel, stride, k, c, whole ? c + cRow : tile, n, add);
      a += 2 * aRow;
      c += 2 * cRow;
    }
  } else {
    for (; i + 2 <= m; i += 2) {
      block2x16(a, a + aRow, step, panel, stride, k, c, c + cRow, n, add);
      a += 2 * aRow;
      c += 2 * cRow;
    }
    if (i < m) block1x16(a, step, panel, stride, k, c, n, add);
  }
}

/** The same for up to 8 columns, the last four of which lie `gap` bytes after the first: three or four rows at once, or five. */
function narrow(
  a: usize, aRow: usize, step: usize, panel: usize, gap: usize, stride: usize,
  c: usize, cRow: usize, m: usize, k: usize, n: usize, flip: bool, add: bool,
): void {
  // What is added, turned, or sticks out is laid aside first; four rows that are turned are so in registers.
  const aside = flip || n < 4;
  const direct = flip && !add;
  const row = aside ? 64 : cRow;
  const last = n * 4 - 16;
  const down = flip ? 4 : cRow;
  const more = add && !aside;
  const before = direct ? cRow : row;
  const end = direct ? (n - 4) * cRow : last;
  let left = m;
  for (; left >= 8 || left == 4 || left == 7; left -= 4) {
    const to = aside && !direct ? tile : c;
    const a1 = a + aRow;
    const a2 = a1 + aRow;
    const a3 = a2 + aRow;
    const c1 = to + before;
    const c2 = c1 + before;
    if (n > 4) block4x8(a, a1, a2, a3, step, panel, gap, stride, k, to, c1, c2, c2 + before, end, more, direct);
    else block4x4(a, a1, a2, a3, step, panel, stride, k, to, c1, c2, c2 + before, n, more, direct);
    if (aside && !direct) keep(c, cRow, 4, n, flip, add);
    a = a3 + aRow;
    c += 4 * down;
  }
  while (left > 0) {
    const height: usize = left == 5 && n <= 4 ? 5 : min<usize>(left, 3);
    const to = aside ? tile : c;
    // Where there are but one or two rows, the last one is given again.
    const a1 = height > 1 ? a + aRow : a;
    const a2 = height > 2 ? a1 + aRow : a1;
    const c1 = height > 1 ? to + row : tile + 64;
    const c2 = height > 2 ? c1 + row : tile + 128;
    const a4 = a2 + 2 * aRow;
    if (n > 4) block3x8(a, a1, a2, step, panel, gap, stride, k, to, c1, c2, last, more);
    else if (height == 5) block5x4(a, a1, a2, a2 + aRow, a4, step, panel, stride, k, to, c1, c2, c2 + row, c2 + 2 * row, more);
    else block3x4(a, a1, a2, step, panel, stride, k, to, c1, c2, more);
    if (aside) keep(c, cRow, height, n, flip, add);
    a += height * aRow;
    c += height * down;
    left -= height;
  }
}

/** Stores the tile, of so many rows and up to 8 columns, or its transpose, or adds it. */
function keep(c: usize, cRow: usize, rows: usize, columns: usize, flip: bool, add: bool): void {
  if (columns < 4 && !flip) {
    for (let i: usize = 0; i < rows; i++) {
      let s = v128.load(tile + i * 64);
      if (add) s = f32x4.add(first(c, columns), s);
      if (columns == 1) v128.store_lane<f32>(c, s, 0);
      else {
        v128.store_lane<f64>(c, s, 0);
        if (columns == 3) v128.store_lane<f32>(c, s, 2, 8);
      }
      c += cRow;
    }
    return;
  }
  for (let i: usize = 0; i < rows; i++) {
    for (let j: usize = 0; j < columns; j++) {
      const at = c + i * 4 + j * cRow;
      const s = load<f32>(tile + i * 64 + j * 4);
      store<f32>(at, add ? load<f32>(at) + s : s);
    }
  }
}

function zero(c: usize, cRow: usize, m: usize, n: usize): void {
  for (let i: usize = 0; i < m; i++) memory.fill(c + i * cRow * 4, 0, n * 4);
}

/** Products with few rows or columns: dot products if they are `deep`, else combinations of rows or columns of the other matrix, which are contiguous. */
function thin(
  a: usize, aRow: usize, aColumn: usize,
  b: usize, bRow: usize, bColumn: usize,
  c: usize, cRow: usize,
  m: usize, k: usize, n: usize, deep: bool, add: bool,
): void {
  if (!deep) {
    if (m < n) combinations(a, aRow, aColumn, b, bRow, c, cRow, 1, m, k, n, add);
    else combinations(b, bColumn, bRow, a, aColumn, c, 1, cRow, n, k, m, add);
    return;
  }
  const most: usize = min(m, n) == 1 ? 4 * CUT : CUT;
  for (let p: usize = 0; p < k; p += most) {
    const kc = min(most, k - p);
    let x = a + p * aColumn * 4;
    let xRow = aRow * 4;
    if (aColumn != 1) {
      gather(x, aColumn * 4, turned, m, kc);
      x = turned;
      xRow = kc * 4;
    }
    let y = b + p * bRow * 4;
    let yRow = bColumn * 4;
    if (bRow != 1) {
      const to = turned + FEW * 4 * CUT * 4;
      gather(y, bRow * 4, to, n, kc);
      y = to;
      yRow = kc * 4;
    }
    // The longer side is read once.
    if (m < n) dots(y, yRow, n, x, xRow, m, kc, c, 4, cRow * 4, add || p > 0);
    else dots(x, xRow, m, y, yRow, n, kc, c, cRow * 4, 4, add || p > 0);
  }
}

/** c[i, j] = Σₚ x[i, p] b[p, j] with contiguous rows of b, a few of which are read for all rows of x. Strides in floats. */
function combinations(
  x: usize, xRow: usize, xColumn: usize, b: usize, bRow: usize, c: usize, down: usize, across: usize,
  m: usize, k: usize, n: usize, add: bool,
): void {
  const most = TURNED * DEPTH / 4;
  const depth: usize = m <= 2 ? most : 8;
  const sums = turned + most * 4;
  const width = across == 1 ? n : most / 2;
  for (let j: usize = 0; j < n; j += width) {
    const nc = min(width, n - j);
    for (let p: usize = 0; p < k; p += depth) {
      const kc = min(depth, k - p);
      for (let i: usize = 0; i < m; i++) {
        const from = contiguous(x + (i * xRow + p * xColumn) * 4, xColumn, kc);
        const to = across == 1 ? c + (i * down + j) * 4 : sums + i * nc * 4;
        if (p == 0 && !(add && across == 1)) memory.fill(to, 0, nc * 4);
        combine(from, b + (p * bRow + j) * 4, bRow * 4, to, kc, nc);
      }
    }
    if (across == 1) continue;
    for (let v: usize = 0; v < nc; v++) {
      for (let i: usize = 0; i < m; i++) {
        const to = c + (i * down + (j + v) * across) * 4;
        const s = load<f32>(sums + (i * nc + v) * 4);
        store<f32>(to, add ? load<f32>(to) + s : s);
      }
    }
  }
}

/** Columns of a matrix, rows of which are contiguous and `row` bytes apart, one after the other. */
function gather(from: usize, row: usize, to: usize, count: usize, k: usize): void {
  let i: usize = 0;
  // Four at once, unless but one is left; the last four may overlap those before.
  for (; i + 1 < count && count >= 4; i += 4) {
    i = min(i, count - 4);
    splitColumns(from + i * 4, row, to + i * k * 4, k);
  }
  for (; i < count; i++) {
    let x = from + i * 4;
    let at = to + i * k * 4;
    for (const end = at + k * 4; at < end; at += 4) {
      store<f32>(at, load<f32>(x));
      x += row;
    }
  }
}

/** A vector of elements `step` floats apart, copied together if need be. */
function contiguous(x: usize, step: usize, k: usize): usize {
  if (step == 1) return x;
  for (let p: usize = 0; p < k; p++) store<f32>(turned + p * 4, load<f32>(x + p * step * 4));
  return turned;
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
