import { type Arguments, uniform } from "./random.ts";

type Vector = readonly number[];

function dot(a: Vector, b: Vector): number {
  let sum = 0;
  for (let i = 0; i < 3; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function scale(s: number, [x, y, z]: Vector): Vector {
  return [s * (x as number), s * (y as number), s * (z as number)];
}

function add(a: Vector, b: Vector): Vector {
  const sum = [0, 0, 0];
  for (let i = 0; i < 3; i++) sum[i] = (a[i] as number) + (b[i] as number);
  return sum;
}

function subtract(a: Vector, b: Vector): Vector {
  return add(a, scale(-1, b));
}

function cross(a: Vector, b: Vector): Vector {
  const [ax, ay, az] = a as [number, number, number];
  const [bx, by, bz] = b as [number, number, number];
  return [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx];
}

/** Turns `x` about an axis by an angle, given as the axis times the angle. */
function rodrigues(w: Vector, x: Vector): Vector {
  const square = dot(w, w);
  if (square <= 1e-12) return add(x, cross(w, x));
  const angle = Math.sqrt(square);
  const cosine = Math.cos(angle);
  const axis = scale(1 / angle, w);
  const across = scale(Math.sin(angle), cross(axis, x));
  return add(add(scale(cosine, x), across), scale(dot(axis, x) * (1 - cosine), axis));
}

function distort(k1: number, k2: number, [u, v]: Vector): Vector {
  const x = u as number;
  const y = v as number;
  const square = x * x + y * y;
  const factor = 1 + k1 * square + k2 * square * square;
  return [factor * x, factor * y];
}

function project(camera: Vector, point: Vector): Vector {
  const [wx, wy, wz, cx, cy, cz, focal, u0, v0, k1, k2] = camera as [
    ...[number, number, number, number, number, number, number, number, number, number, number],
  ];
  const [x, y, z] = rodrigues([wx, wy, wz], subtract(point, [cx, cy, cz])) as [number, number, number];
  const [u, v] = distort(k1, k2, [x / z, y / z]) as [number, number];
  return [focal * u + u0, focal * v + v0];
}

/**
 * Half the squared sum of a bundle adjustment's weighted reprojection errors, on small arrays. A camera is an axis times an
 * angle, a centre, a focal length, a principal point and two terms of radial distortion: eleven numbers.
 * @fgrad wrt cameras, points, weights
 */
export function vectors(
  cameras: readonly Vector[],
  points: readonly Vector[],
  weights: Vector,
  observations: readonly (readonly [camera: number, point: number])[],
  features: readonly Vector[],
): number {
  let cost = 0;
  for (let i = 0; i < weights.length; i++) {
    const [camera, point] = observations[i] as [number, number];
    const projected = project(cameras[camera] as Vector, points[point] as Vector);
    const error = scale2(weights[i] as number, projected, features[i] as Vector);
    const [u, v] = error;
    cost += 0.5 * (u * u + v * v);
  }
  return cost;
}

/** s·(a − b). */
function scale2(s: number, a: Vector, b: Vector): [number, number] {
  return [s * ((a[0] as number) - (b[0] as number)), s * ((a[1] as number) - (b[1] as number))];
}

/** Cameras that look along z at points in front of them. */
export function inputs(seed: number): Arguments {
  const next = uniform(seed);
  const [m, n, k] = [3, 8, 24];
  const rows = (rowCount: number, length: number, of: (i: number) => number) =>
    Array.from({ length: rowCount }, () => Array.from({ length }, (_, i) => of(i)));
  const cameras = rows(m, 11, (i) => (i < 6 ? 0.2 * next() : i === 6 ? 2 + 0.1 * next() : 0.05 * next()));
  const points = rows(n, 3, (i) => (i === 2 ? 4 + next() : next()));
  const weights = Array.from({ length: k }, () => 1 + 0.1 * next());
  return [
    [cameras, rows(m, 11, next)],
    [points, rows(n, 3, next)],
    [weights, weights.map(next)],
    [weights.map((_, i) => [i % m, Math.floor(i / m)]), undefined],
    [rows(k, 2, next), undefined],
  ];
}
