/**
 * Products of matrices of any storage order, and their tangents: what stands behind `matmul` and its transposed forms.
 *
 *     C = A B            C[i, j] = Σₚ A[i, p] B[p, j]
 *     Ċ = Ȧ B + A Ḃ
 *
 * Sixteen columns are gathered into panels of four, which stay in the cache while the rows of A stream past them, two at a time;
 * eight sums live in registers. The panel of a tangent holds two columns of B and the same two of Ḃ, and where only A varies, a
 * row of A is paired with the same row of Ȧ: either way one block of the plain product gives two values and their tangents.
 * Each sum runs over p in order, in double precision, and is rounded once: value and tangent run give the same bits.
 */

/** A matrix in an array: element (i, j) lies at `i * row + j * column`. */
export interface Layout {
  readonly row: number;
  readonly column: number;
}

/** So many columns are gathered at once. */
const COLUMNS = 16;

let panel = new Float32Array(0);
const turned: [Float32Array, Float32Array] = [new Float32Array(0), new Float32Array(0)];
const sums = new Float64Array(8);

/** C = A B, with C stored by rows. A is m × k, B is k × n. */
export function product(
  a: Float32Array,
  la: Layout,
  b: Float32Array,
  lb: Layout,
  c: Float32Array,
  m: number,
  k: number,
  n: number,
): void {
  reserve(m, k);
  const rows = byRows(a, la, m, k, 0);
  for (let first = 0; first < n; first += COLUMNS) {
    gather(b, lb, k, n, first, 4, 0);
    for (let j = first; j < Math.min(n, first + COLUMNS); j += 4) {
      const at = (j - first) * k;
      for (let i = 0; i < m; i += 2) {
        const second = i + 1 < m ? i + 1 : i;
        block(rows, i * k, rows, second * k, at, k);
        store(c, i * n, j, n, 0, 4);
        if (second !== i) store(c, second * n, j, n, 4, 4);
      }
    }
  }
}

/** C = A B and Ċ = Ȧ B + A Ḃ, where an undefined tangent is that of a constant. */
export function productTangent(
  a: Float32Array,
  a_t: Float32Array | undefined,
  la: Layout,
  b: Float32Array,
  b_t: Float32Array | undefined,
  lb: Layout,
  c: Float32Array,
  c_t: Float32Array,
  m: number,
  k: number,
  n: number,
): void {
  if (a_t === undefined && b_t === undefined) {
    product(a, la, b, lb, c, m, k, n);
    c_t.fill(0);
    return;
  }
  reserve(m, k);
  const rows = byRows(a, la, m, k, 0);
  const rows_t = a_t === undefined ? undefined : byRows(a_t, la, m, k, 1);
  if (b_t === undefined) {
    if (rows_t !== undefined) leftVaries(rows, rows_t, b, lb, c, c_t, m, k, n);
    return;
  }
  for (let first = 0; first < n; first += COLUMNS / 2) {
    gather(b, lb, k, n, first, 2, 0);
    gather(b_t, lb, k, n, first, 2, 2);
    for (let j = first; j < Math.min(n, first + COLUMNS / 2); j += 2) {
      const at = 2 * (j - first) * k;
      for (let i = 0; i < m; i += 2) {
        const second = i + 1 < m ? i + 1 : i;
        if (rows_t === undefined) block(rows, i * k, rows, second * k, at, k);
        else blockTangent(rows, rows_t, i * k, second * k, at, k);
        store(c, i * n, j, n, 0, 2);
        store(c_t, i * n, j, n, 2, 2);
        if (second === i) continue;
        store(c, second * n, j, n, 4, 2);
        store(c_t, second * n, j, n, 6, 2);
      }
    }
  }
}

function leftVaries(
  rows: Float32Array,
  rows_t: Float32Array,
  b: Float32Array,
  lb: Layout,
  c: Float32Array,
  c_t: Float32Array,
  m: number,
  k: number,
  n: number,
): void {
  for (let first = 0; first < n; first += COLUMNS) {
    gather(b, lb, k, n, first, 4, 0);
    for (let j = first; j < Math.min(n, first + COLUMNS); j += 4) {
      for (let i = 0; i < m; i++) {
        block(rows, i * k, rows_t, i * k, (j - first) * k, k);
        store(c, i * n, j, n, 0, 4);
        store(c_t, i * n, j, n, 4, 4);
      }
    }
  }
}

/** Two rows, from places in two arrays, times the panel. Indices are told to be integers of 32 bits: V8 then checks them less. */
function block(x: Float32Array, x0: number, y: Float32Array, y0: number, at: number, k: number): void {
  const b = panel;
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let s4 = 0;
  let s5 = 0;
  let s6 = 0;
  let s7 = 0;
  const end = (at + 4 * k) | 0;
  let i = x0 | 0;
  let j = y0 | 0;
  for (let q = at | 0; q < end; q = (q + 4) | 0) {
    const xp = x[i] as number;
    const yp = y[j] as number;
    i = (i + 1) | 0;
    j = (j + 1) | 0;
    const b0 = b[q] as number;
    const b1 = b[(q + 1) | 0] as number;
    const b2 = b[(q + 2) | 0] as number;
    const b3 = b[(q + 3) | 0] as number;
    s0 += xp * b0;
    s1 += xp * b1;
    s2 += xp * b2;
    s3 += xp * b3;
    s4 += yp * b0;
    s5 += yp * b1;
    s6 += yp * b2;
    s7 += yp * b3;
  }
  keep(s0, s1, s2, s3, s4, s5, s6, s7);
}

/** Two rows of A with their tangents, times a panel of two columns of B with theirs: sums laid out as by `block`. */
function blockTangent(a: Float32Array, a_t: Float32Array, x0: number, y0: number, at: number, k: number): void {
  const b = panel;
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let s4 = 0;
  let s5 = 0;
  let s6 = 0;
  let s7 = 0;
  const end = (at + 4 * k) | 0;
  let i = x0 | 0;
  let j = y0 | 0;
  for (let q = at | 0; q < end; q = (q + 4) | 0) {
    const xp = a[i] as number;
    const xp_t = a_t[i] as number;
    const yp = a[j] as number;
    const yp_t = a_t[j] as number;
    i = (i + 1) | 0;
    j = (j + 1) | 0;
    const b0 = b[q] as number;
    const b1 = b[(q + 1) | 0] as number;
    const b0_t = b[(q + 2) | 0] as number;
    const b1_t = b[(q + 3) | 0] as number;
    s0 += xp * b0;
    s1 += xp * b1;
    s2 += xp_t * b0 + xp * b0_t;
    s3 += xp_t * b1 + xp * b1_t;
    s4 += yp * b0;
    s5 += yp * b1;
    s6 += yp_t * b0 + yp * b0_t;
    s7 += yp_t * b1 + yp * b1_t;
  }
  keep(s0, s1, s2, s3, s4, s5, s6, s7);
}

function keep(s0: number, s1: number, s2: number, s3: number, s4: number, s5: number, s6: number, s7: number): void {
  sums[0] = s0;
  sums[1] = s1;
  sums[2] = s2;
  sums[3] = s3;
  sums[4] = s4;
  sums[5] = s5;
  sums[6] = s6;
  sums[7] = s7;
}

/** Writes `count` sums into columns j … of a row of C, without those that stick out on the right. */
function store(c: Float32Array, row: number, j: number, n: number, from: number, count: number): void {
  const inside = Math.min(count, n - j);
  for (let w = 0; w < inside; w++) c[row + j + w] = sums[from + w] as number;
}

/**
 * Columns of B from `first` on into panels of `width` columns each, at places `slot` … of four; zeros beyond the last column. Together they
 * are as wide as a line of the cache, or half of it.
 */
function gather(b: Float32Array, layout: Layout, k: number, n: number, first: number, width: 2 | 4, slot: 0 | 2): void {
  const to = panel;
  const { row, column } = layout;
  const columns = (COLUMNS * width) / 4;
  const inside = Math.min(columns, n - first);
  if (width === 4 && column === 1 && inside === columns) {
    for (let p = 0, q = 0; p < k; p++, q += 4) {
      for (let w = 0, from = p * row + first, at = q; w < COLUMNS; w += 4, from += 4, at += 4 * k) {
        to[at] = b[from] as number;
        to[at + 1] = b[from + 1] as number;
        to[at + 2] = b[from + 2] as number;
        to[at + 3] = b[from + 3] as number;
      }
    }
    return;
  }
  for (let w = 0; w < columns; w += width) {
    for (let p = 0, q = (4 / width) * w * k + slot; p < k; p++, q += 4) {
      for (let v = 0; v < width; v++) {
        to[q + v] = w + v < inside ? (b[p * row + (first + w + v) * column] as number) : 0;
      }
    }
  }
}

/** A with its rows contiguous: itself, or a transposed copy in scratch memory. */
function byRows(a: Float32Array, layout: Layout, m: number, k: number, slot: 0 | 1): Float32Array {
  if (layout.column === 1) return a;
  if (turned[slot].length < m * k) turned[slot] = new Float32Array(m * k);
  const rows = turned[slot];
  for (let p = 0; p < k; p++) {
    for (let i = 0, from = p * layout.column; i < m; i++, from += layout.row) rows[i * k + p] = a[from] as number;
  }
  return rows;
}

/** @throws RangeError when a place in A, or in the panel, is no integer of 32 bits */
function reserve(m: number, k: number): void {
  if (Math.max(m, COLUMNS) * k >= 2 ** 31) {
    throw new RangeError(`A product of a matrix of ${m} × ${k} is too large for plain JavaScript.`);
  }
  if (m > 0 && panel.length < COLUMNS * k) panel = new Float32Array(COLUMNS * k);
}
