/** 1,000 RK4 steps of the Lorenz system with their tangents, written by hand: each slope is followed by its tangent. */
export function lorenz_jvp(
  sigma: number,
  sigma_t: number,
  rho: number,
  rho_t: number,
  beta: number,
  beta_t: number,
  x0: number,
  x0_t: number,
  y0: number,
  y0_t: number,
  z0: number,
  z0_t: number,
): [number, number] {
  const h = 0.01;
  let x = x0;
  let x_t = x0_t;
  let y = y0;
  let y_t = y0_t;
  let z = z0;
  let z_t = z0_t;
  for (let step = 0; step < 1000; step++) {
    const ax = sigma * (y - x);
    const ax_t = sigma_t * (y - x) + sigma * (y_t - x_t);
    const ay = x * (rho - z) - y;
    const ay_t = x_t * (rho - z) + x * (rho_t - z_t) - y_t;
    const az = x * y - beta * z;
    const az_t = x_t * y + x * y_t - beta_t * z - beta * z_t;

    const x1 = x + 0.5 * h * ax;
    const x1_t = x_t + 0.5 * h * ax_t;
    const y1 = y + 0.5 * h * ay;
    const y1_t = y_t + 0.5 * h * ay_t;
    const z1 = z + 0.5 * h * az;
    const z1_t = z_t + 0.5 * h * az_t;
    const bx = sigma * (y1 - x1);
    const bx_t = sigma_t * (y1 - x1) + sigma * (y1_t - x1_t);
    const by = x1 * (rho - z1) - y1;
    const by_t = x1_t * (rho - z1) + x1 * (rho_t - z1_t) - y1_t;
    const bz = x1 * y1 - beta * z1;
    const bz_t = x1_t * y1 + x1 * y1_t - beta_t * z1 - beta * z1_t;

    const x2 = x + 0.5 * h * bx;
    const x2_t = x_t + 0.5 * h * bx_t;
    const y2 = y + 0.5 * h * by;
    const y2_t = y_t + 0.5 * h * by_t;
    const z2 = z + 0.5 * h * bz;
    const z2_t = z_t + 0.5 * h * bz_t;
    const cx = sigma * (y2 - x2);
    const cx_t = sigma_t * (y2 - x2) + sigma * (y2_t - x2_t);
    const cy = x2 * (rho - z2) - y2;
    const cy_t = x2_t * (rho - z2) + x2 * (rho_t - z2_t) - y2_t;
    const cz = x2 * y2 - beta * z2;
    const cz_t = x2_t * y2 + x2 * y2_t - beta_t * z2 - beta * z2_t;

    const x3 = x + h * cx;
    const x3_t = x_t + h * cx_t;
    const y3 = y + h * cy;
    const y3_t = y_t + h * cy_t;
    const z3 = z + h * cz;
    const z3_t = z_t + h * cz_t;
    const dx = sigma * (y3 - x3);
    const dx_t = sigma_t * (y3 - x3) + sigma * (y3_t - x3_t);
    const dy = x3 * (rho - z3) - y3;
    const dy_t = x3_t * (rho - z3) + x3 * (rho_t - z3_t) - y3_t;
    const dz = x3 * y3 - beta * z3;
    const dz_t = x3_t * y3 + x3 * y3_t - beta_t * z3 - beta * z3_t;

    x += (h / 6) * (ax + 2 * bx + 2 * cx + dx);
    x_t += (h / 6) * (ax_t + 2 * bx_t + 2 * cx_t + dx_t);
    y += (h / 6) * (ay + 2 * by + 2 * cy + dy);
    y_t += (h / 6) * (ay_t + 2 * by_t + 2 * cy_t + dy_t);
    z += (h / 6) * (az + 2 * bz + 2 * cz + dz);
    z_t += (h / 6) * (az_t + 2 * bz_t + 2 * cz_t + dz_t);
  }
  return [x + 2 * y + 3 * z, x_t + 2 * y_t + 3 * z_t];
}
