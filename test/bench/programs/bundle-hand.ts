export function bundle_jvp(
  cameras: Float64Array,
  cameras_t: Float64Array,
  points: Float64Array,
  points_t: Float64Array,
  weights: Float64Array,
  weights_t: Float64Array,
  observations: Int32Array,
  features: Float64Array,
  errors: Float64Array,
  errors_t: Float64Array,
): [number, number] {
  let cost = 0;
  let cost_t = 0;
  for (let i = 0; i < weights.length; i++) {
    const c = 11 * (observations[2 * i] as number);
    const p = 3 * (observations[2 * i + 1] as number);
    const weight = weights[i] as number;
    const weight_t = weights_t[i] as number;
    project(cameras, cameras_t, c, points, points_t, p, weight, weight_t, features, errors, errors_t, 2 * i);
    const u = errors[2 * i] as number;
    const v = errors[2 * i + 1] as number;
    cost += 0.5 * (u * u + v * v);
    cost_t += u * (errors_t[2 * i] as number) + v * (errors_t[2 * i + 1] as number);
  }
  return [cost, cost_t];
}

function project(
  cameras: Float64Array,
  cameras_t: Float64Array,
  c: number,
  points: Float64Array,
  points_t: Float64Array,
  p: number,
  weight: number,
  weight_t: number,
  features: Float64Array,
  errors: Float64Array,
  errors_t: Float64Array,
  at: number,
): void {
  const wx = cameras[c] as number;
  const wx_t = cameras_t[c] as number;
  const wy = cameras[c + 1] as number;
  const wy_t = cameras_t[c + 1] as number;
  const wz = cameras[c + 2] as number;
  const wz_t = cameras_t[c + 2] as number;
  const x = (points[p] as number) - (cameras[c + 3] as number);
  const x_t = (points_t[p] as number) - (cameras_t[c + 3] as number);
  const y = (points[p + 1] as number) - (cameras[c + 4] as number);
  const y_t = (points_t[p + 1] as number) - (cameras_t[c + 4] as number);
  const z = (points[p + 2] as number) - (cameras[c + 5] as number);
  const z_t = (points_t[p + 2] as number) - (cameras_t[c + 5] as number);

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
    const ax = wx / angle;
    const ax_t = (wx_t - ax * angle_t) / angle;
    const ay = wy / angle;
    const ay_t = (wy_t - ay * angle_t) / angle;
    const az = wz / angle;
    const az_t = (wz_t - az * angle_t) / angle;
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
    rx = x * cosine + cx * sine + ax * along;
    rx_t = x_t * cosine + x * cosine_t + cx_t * sine + cx * sine_t + ax_t * along + ax * along_t;
    ry = y * cosine + cy * sine + ay * along;
    ry_t = y_t * cosine + y * cosine_t + cy_t * sine + cy * sine_t + ay_t * along + ay * along_t;
    rz = z * cosine + cz * sine + az * along;
    rz_t = z_t * cosine + z * cosine_t + cz_t * sine + cz * sine_t + az_t * along + az * along_t;
  } else {
    rx = x + wy * z - wz * y;
    rx_t = x_t + wy_t * z + wy * z_t - wz_t * y - wz * y_t;
    ry = y + wz * x - wx * z;
    ry_t = y_t + wz_t * x + wz * x_t - wx_t * z - wx * z_t;
    rz = z + wx * y - wy * x;
    rz_t = z_t + wx_t * y + wx * y_t - wy_t * x - wy * x_t;
  }

  const u = rx / rz;
  const u_t = (rx_t - u * rz_t) / rz;
  const v = ry / rz;
  const v_t = (ry_t - v * rz_t) / rz;
  const r2 = u * u + v * v;
  const r2_t = 2 * (u * u_t + v * v_t);
  const k1 = cameras[c + 9] as number;
  const k2 = cameras[c + 10] as number;
  const distortion = 1 + k1 * r2 + k2 * r2 * r2;
  const distortion_t =
    ((cameras_t[c + 9] as number) + (cameras_t[c + 10] as number) * r2) * r2 + (k1 + 2 * k2 * r2) * r2_t;
  const focal = cameras[c + 6] as number;
  const factor = focal * distortion;
  const factor_t = (cameras_t[c + 6] as number) * distortion + focal * distortion_t;
  const eu = factor * u + (cameras[c + 7] as number) - (features[at] as number);
  const ev = factor * v + (cameras[c + 8] as number) - (features[at + 1] as number);
  errors[at] = weight * eu;
  errors_t[at] = weight_t * eu + weight * (factor_t * u + factor * u_t + (cameras_t[c + 7] as number));
  errors[at + 1] = weight * ev;
  errors_t[at + 1] = weight_t * ev + weight * (factor_t * v + factor * v_t + (cameras_t[c + 8] as number));
}
