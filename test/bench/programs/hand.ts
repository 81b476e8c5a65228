import { type Arguments, numbers, uniform } from "./random.ts";

type Row = [number, number, number, number];
/** The upper three rows of a rigid motion, row by row. */
type Motion = [...Row, ...Row, ...Row];
type Point = [number, number, number];

/** A turn about z, then y, then x, and a shift along the bone. */
function joint(rx: number, ry: number, rz: number, length: number): Motion {
  const [sx, cx] = [Math.sin(rx), Math.cos(rx)];
  const [sy, cy] = [Math.sin(ry), Math.cos(ry)];
  const [sz, cz] = [Math.sin(rz), Math.cos(rz)];
  return [
    cy * cz,
    sx * sy * cz - cx * sz,
    cx * sy * cz + sx * sz,
    0,
    cy * sz,
    sx * sy * sz + cx * cz,
    cx * sy * sz - sx * cz,
    length,
    -sy,
    sx * cy,
    cx * cy,
    0,
  ];
}

function compose(a: Motion, b: Motion): Motion {
  return [
    a[0] * b[0] + a[1] * b[4] + a[2] * b[8],
    a[0] * b[1] + a[1] * b[5] + a[2] * b[9],
    a[0] * b[2] + a[1] * b[6] + a[2] * b[10],
    a[0] * b[3] + a[1] * b[7] + a[2] * b[11] + a[3],
    a[4] * b[0] + a[5] * b[4] + a[6] * b[8],
    a[4] * b[1] + a[5] * b[5] + a[6] * b[9],
    a[4] * b[2] + a[5] * b[6] + a[6] * b[10],
    a[4] * b[3] + a[5] * b[7] + a[6] * b[11] + a[7],
    a[8] * b[0] + a[9] * b[4] + a[10] * b[8],
    a[8] * b[1] + a[9] * b[5] + a[10] * b[9],
    a[8] * b[2] + a[9] * b[6] + a[10] * b[10],
    a[8] * b[3] + a[9] * b[7] + a[10] * b[11] + a[11],
  ];
}

function apply(m: Motion, [x, y, z]: Point): Point {
  return [
    m[0] * x + m[1] * y + m[2] * z + m[3],
    m[4] * x + m[5] * y + m[6] * z + m[7],
    m[8] * x + m[9] * y + m[10] * z + m[11],
  ];
}

/**
 * Squared distances of a hand's bones from where they were seen. The pose holds the wrist's turns and place, then each
 * joint's turns: five fingers of three bones. `tips` are in each bone's own frame. @fgrad wrt pose
 */
export function hand(pose: Float64Array, lengths: Float64Array, tips: Float64Array, seen: Float64Array): number {
  const wrist = joint(pose[0] as number, pose[1] as number, pose[2] as number, pose[3] as number);
  let cost = 0;
  for (let finger = 0; finger < 5; finger++) {
    let motion = wrist;
    for (let bone = 0; bone < 3; bone++) {
      const i = 3 * finger + bone;
      const at = 4 + 3 * i;
      const turn = joint(pose[at] as number, pose[at + 1] as number, pose[at + 2] as number, lengths[i] as number);
      motion = compose(motion, turn);
      const [x, y, z] = apply(motion, [tips[3 * i] as number, tips[3 * i + 1] as number, tips[3 * i + 2] as number]);
      const dx = x - (seen[3 * i] as number);
      const dy = y - (seen[3 * i + 1] as number);
      const dz = z - (seen[3 * i + 2] as number);
      cost += dx * dx + dy * dy + dz * dz;
    }
  }
  return cost;
}

export function inputs(seed: number): Arguments {
  const next = uniform(seed);
  return [
    [numbers(next, 49, 0.5), numbers(next, 49)],
    [numbers(next, 15, 0.2, 1), undefined],
    [numbers(next, 45, 0.3), undefined],
    [numbers(next, 45), undefined],
  ];
}
