import { type Arguments, numbers, uniform } from "./random.ts";

/**
 * Reprojection errors of a bundle adjustment, weighted, to `errors`, and half their squared sum. A camera is an axis times
 * an angle, a centre, a focal length, a principal point and two terms of radial distortion: eleven numbers.
 * @fgrad wrt cameras, points, weights, errors
 */
export function bundle(
  cameras: Float64Array,
  points: Float64Array,
  weights: Float64Array,
  observations: Int32Array,
  features: Float64Array,
  errors: Float64Array,
): number {
  let cost = 0;
  for (let i = 0; i < weights.length; i++) {
    const c = 11 * (observations[2 * i] as number);
    const p = 3 * (observations[2 * i + 1] as number);
    project(cameras, c, points, p, weights[i] as number, features, errors, 2 * i);
    const u = errors[2 * i] as number;
    const v = errors[2 * i + 1] as number;
    cost += 0.5 * (u * u + v * v);
  }
  return cost;
}

function project(
  cameras: Float64Array,
  c: number,
  points: Float64Array,
  p: number,
  weight: number,
  features: Float64Array,
  errors: Float64Array,
  at: number,
): void {
  const wx = cameras[c] as number;
  const wy = cameras[c + 1] as number;
  const wz = cameras[c + 2] as number;
  const x = (points[p] as number) - (cameras[c + 3] as number);
  const y = (points[p + 1] as number) - (cameras[c + 4] as number);
  const z = (points[p + 2] as number) - (cameras[c + 5] as number);

  let rx = x + wy * z - wz * y;
  let ry = y + wz * x - wx * z;
  let rz = z + wx * y - wy * x;
  const square = wx * wx + wy * wy + wz * wz;
  if (square > 1e-12) {
    const angle = Math.sqrt(square);
    const cosine = Math.cos(angle);
    const sine = Math.sin(angle);
    const ax = wx / angle;
    const ay = wy / angle;
    const az = wz / angle;
    const along = (ax * x + ay * y + az * z) * (1 - cosine);
    rx = x * cosine + (ay * z - az * y) * sine + ax * along;
    ry = y * cosine + (az * x - ax * z) * sine + ay * along;
    rz = z * cosine + (ax * y - ay * x) * sine + az * along;
  }

  const u = rx / rz;
  const v = ry / rz;
  const r2 = u * u + v * v;
  const distortion = 1 + (cameras[c + 9] as number) * r2 + (cameras[c + 10] as number) * r2 * r2;
  const focal = cameras[c + 6] as number;
  errors[at] = weight * (focal * distortion * u + (cameras[c + 7] as number) - (features[at] as number));
  errors[at + 1] = weight * (focal * distortion * v + (cameras[c + 8] as number) - (features[at + 1] as number));
}

/** Cameras that look along z at points in front of them. */
export function inputs(seed: number): Arguments {
  const next = uniform(seed);
  const [m, n, k] = [3, 8, 24];
  const cameras = Float64Array.from({ length: 11 * m }, (_, i) => {
    const part = i % 11;
    if (part < 6) return 0.2 * next();
    if (part === 6) return 2 + 0.1 * next();
    return part < 9 ? 0.1 * next() : 0.05 * next();
  });
  const points = Float64Array.from({ length: 3 * n }, (_, i) => (i % 3 === 2 ? 4 + next() : next()));
  const observations = Int32Array.from({ length: 2 * k }, (_, i) =>
    i % 2 === 0 ? (i / 2) % m : Math.floor(i / 2 / m),
  );
  return [
    [cameras, numbers(next, 11 * m)],
    [points, numbers(next, 3 * n)],
    [numbers(next, k, 0.1, 1), numbers(next, k)],
    [observations, undefined],
    [numbers(next, 2 * k), undefined],
    [new Float64Array(2 * k), new Float64Array(2 * k)],
  ];
}
