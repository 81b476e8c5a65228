/** The errors and slopes of one observation, left by `project`. */
let u = 0;
let u_t = 0;
let v = 0;
let v_t = 0;

type Vector = readonly number[];
type Camera = readonly [...[number, number, number, number, number, number, number, number, number, number, number]];
type Point = readonly [number, number, number];

export function vectors_jvp(
  cameras: readonly Vector[],
  cameras_t: readonly Vector[],
  points: readonly Vector[],
  points_t: readonly Vector[],
  weights: Vector,
  weights_t: Vector,
  observations: readonly (readonly [camera: number, point: number])[],
  features: readonly Vector[],
): [number, number] {
  let cost = 0;
  let cost_t = 0;
  for (let i = 0; i < weights.length; i++) {
    const observation = observations[i] as readonly [number, number];
    const camera = observation[0];
    const point = observation[1];
    project(cameras[camera] as Camera, cameras_t[camera] as Camera, points[point] as Point, points_t[point] as Point);
    const feature = features[i] as readonly [number, number];
    const weight = weights[i] as number;
    const weight_t = weights_t[i] as number;
    const du = u - feature[0];
    const dv = v - feature[1];
    const eu = weight * du;
    const ev = weight * dv;
    cost += 0.5 * (eu * eu + ev * ev);
    cost_t += eu * (weight_t * du + weight * u_t) + ev * (weight_t * dv + weight * v_t);
  }
  return [cost, cost_t];
}

function project(camera: Camera, camera_t: Camera, point: Point, point_t: Point): void {
  const wx = camera[0];
  const wx_t = camera_t[0];
  const wy = camera[1];
  const wy_t = camera_t[1];
  const wz = camera[2];
  const wz_t = camera_t[2];
  const x = point[0] - camera[3];
  const x_t = point_t[0] - camera_t[3];
  const y = point[1] - camera[4];
  const y_t = point_t[1] - camera_t[4];
  const z = point[2] - camera[5];
  const z_t = point_t[2] - camera_t[5];

  let rx: number;
  let rx_t: number;
  let ry: number;
  let ry_t: number;
  let rz: number;
  let rz_t: number;
  const square = wx * wx + wy * wy + wz * wz;
  if (square > 1e-12) {
    const angle = Math.sqrt(square);
    const angle_t = (wx * wx_t + wy * wy_t + wz * wz_t) / angle;
    const cosine = Math.cos(angle);
    const sine = Math.sin(angle);
    const cosine_t = -sine * angle_t;
    const sine_t = cosine * angle_t;
    const inverse = 1 / angle;
    const inverse_t = -inverse * inverse * angle_t;
    const ax = inverse * wx;
    const ax_t = inverse_t * wx + inverse * wx_t;
    const ay = inverse * wy;
    const ay_t = inverse_t * wy + inverse * wy_t;
    const az = inverse * wz;
    const az_t = inverse_t * wz + inverse * wz_t;
    const dot = ax * x + ay * y + az * z;
    const rest = 1 - cosine;
    const along = dot * rest;
    const along_t = (ax_t * x + ax * x_t + ay_t * y + ay * y_t + az_t * z + az * z_t) * rest - dot * cosine_t;
    const cx = ay * z - az * y;
    const cx_t = ay_t * z + ay * z_t - az_t * y - az * y_t;
    const cy = az * x - ax * z;
    const cy_t = az_t * x + az * x_t - ax_t * z - ax * z_t;
    const cz = ax * y - ay * x;
    const cz_t = ax_t * y + ax * y_t - ay_t * x - ay * x_t;
    rx = cosine * x + sine * cx + along * ax;
    rx_t = x_t * cosine + x * cosine_t + cx_t * sine + cx * sine_t + ax_t * along + ax * along_t;
    ry = cosine * y + sine * cy + along * ay;
    ry_t = y_t * cosine + y * cosine_t + cy_t * sine + cy * sine_t + ay_t * along + ay * along_t;
    rz = cosine * z + sine * cz + along * az;
    rz_t = z_t * cosine + z * cosine_t + cz_t * sine + cz * sine_t + az_t * along + az * along_t;
  } else {
    rx = x + wy * z - wz * y;
    rx_t = x_t + wy_t * z + wy * z_t - wz_t * y - wz * y_t;
    ry = y + wz * x - wx * z;
    ry_t = y_t + wz_t * x + wz * x_t - wx_t * z - wx * z_t;
    rz = z + wx * y - wy * x;
    rz_t = z_t + wx_t * y + wx * y_t - wy_t * x - wy * x_t;
  }

  const px = rx / rz;
  const px_t = (rx_t - px * rz_t) / rz;
  const py = ry / rz;
  const py_t = (ry_t - py * rz_t) / rz;
  const r2 = px * px + py * py;
  const r2_t = 2 * (px * px_t + py * py_t);
  const k1 = camera[9];
  const k2 = camera[10];
  const factor = 1 + k1 * r2 + k2 * r2 * r2;
  const factor_t = (camera_t[9] + camera_t[10] * r2) * r2 + (k1 + 2 * k2 * r2) * r2_t;
  const focal = camera[6];
  const focal_t = camera_t[6];
  u = focal * (factor * px) + camera[7];
  u_t = focal_t * factor * px + focal * (factor_t * px + factor * px_t) + camera_t[7];
  v = focal * (factor * py) + camera[8];
  v_t = focal_t * factor * py + focal * (factor_t * py + factor * py_t) + camera_t[8];
}
