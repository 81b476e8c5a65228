/** Linear algebra of K × K, K being the number of directions. Matrices are stored by rows. */

/**
 * Solves (VᵀV) c = b by the Cholesky decomposition: V c is the projection of x on the plane of V, b being Vᵀ x. A direction that depends on those before it
 * gets the coefficient 0, which leaves the projection as it is.
 * @param gram VᵀV, K × K, symmetric; destroyed
 * @param b Vᵀ x, K numbers; becomes c
 */
export function solveGram(gram: Float64Array, b: Float64Array): void {
  const n = b.length;
  const kept = new Uint8Array(n);
  for (let j = 0; j < n; j++) {
    const own = at(gram, j * n + j);
    let pivot = own;
    for (let k = 0; k < j; k++) if (kept[k]) pivot -= at(gram, j * n + k) ** 2;
    // What is left of a dependent direction is rounding.
    if (!(pivot > 1e-10 * own)) continue;
    kept[j] = 1;
    const root = Math.sqrt(pivot);
    gram[j * n + j] = root;
    for (let i = j + 1; i < n; i++) {
      let sum = at(gram, i * n + j);
      for (let k = 0; k < j; k++) if (kept[k]) sum -= at(gram, i * n + k) * at(gram, j * n + k);
      gram[i * n + j] = sum / root;
    }
  }
  for (let i = 0; i < n; i++) {
    let sum = at(b, i);
    for (let k = 0; k < i; k++) if (kept[k]) sum -= at(gram, i * n + k) * at(b, k);
    b[i] = kept[i] ? sum / at(gram, i * n + i) : 0;
  }
  for (let i = n - 1; i >= 0; i--) {
    if (!kept[i]) continue;
    let sum = at(b, i);
    for (let k = i + 1; k < n; k++) if (kept[k]) sum -= at(gram, k * n + i) * at(b, k);
    b[i] = sum / at(gram, i * n + i);
  }
}

/**
 * c = |H|⁻¹ b: H with its eigenvalues λ replaced by |λ| + damping, by Jacobi's method. Directions without curvature (|λ| + damping = 0) get none
 * of b.
 * @param h K × K, symmetric; destroyed
 * @param b K numbers; becomes c
 */
export function solveAbsolute(h: Float64Array, b: Float64Array, damping: number): void {
  const n = b.length;
  const vectors = eigenvectors(h, n);
  const c = new Float64Array(n);
  let largest = 0;
  for (let j = 0; j < n; j++) largest = Math.max(largest, Math.abs(at(h, j * n + j)));
  for (let j = 0; j < n; j++) {
    const curvature = Math.abs(at(h, j * n + j)) + damping;
    if (!(curvature > 1e-12 * largest)) continue;
    let share = 0;
    for (let i = 0; i < n; i++) share += at(vectors, i * n + j) * at(b, i);
    for (let i = 0; i < n; i++) c[i] = at(c, i) + (at(vectors, i * n + j) * share) / curvature;
  }
  b.set(c);
}

/** Cyclic Jacobi rotations: H becomes diagonal, and column j of the result is the eigenvector of its element j. */
function eigenvectors(h: Float64Array, n: number): Float64Array {
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0;
    let all = 0;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        all += at(h, i * n + j) ** 2;
        if (i !== j) off += at(h, i * n + j) ** 2;
      }
    }
    if (!(off > 1e-30 * all)) break;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(h, v, n, p, q);
  }
  return v;
}

/** Makes H[p, q] zero. */
function rotate(h: Float64Array, v: Float64Array, n: number, p: number, q: number): void {
  const off = at(h, p * n + q);
  if (off === 0) return;
  const theta = (at(h, q * n + q) - at(h, p * n + p)) / (2 * off);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  for (let k = 0; k < n; k++) {
    turn(h, k * n + p, k * n + q, c, s);
    turn(v, k * n + p, k * n + q, c, s);
  }
  for (let k = 0; k < n; k++) turn(h, p * n + k, q * n + k, c, s);
}

function turn(m: Float64Array, i: number, j: number, c: number, s: number): void {
  const x = at(m, i);
  const y = at(m, j);
  m[i] = c * x - s * y;
  m[j] = s * x + c * y;
}

function at(array: Float64Array, i: number): number {
  return array[i] as number;
}
