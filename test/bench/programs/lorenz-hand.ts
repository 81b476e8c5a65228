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
  for (let i = 0; i < 100; i++) {
    const ax = sigma * (y - x);
    const ax_t = sigma_t * (y - x) + sigma * (y_t - x_t);
    const ay = x * (rho - z) - y;
    const ay_t = x_t * (rho - z) + x * (rho_t - z_t) - y_t;
    const az = x * y - beta * z;
    const az_t = x_t * y + x * y_t - beta_t * z - beta * z_t;

    const x1 = 0.5 * h * ax + x;
    const x1_t = 0.5 * h * ax_t + x_t;
    const y1 = 0.5 * h * ay + y;
    const y1_t = 0.5 * h * ay_t + y_t;
    const z1 = 0.5 * h * az + z;
    const z1_t = 0.5 * h * az_t + z_t;
    const bx = sigma * (y1 - x1);
    const bx_t = sigma_t * (y1 - x1) + sigma * (y1_t - x1_t);
    const by = x1 * (rho - z1) - y1;
    const by_t = x1_t * (rho - z1) + x1 * (rho_t - z1_t) - y1_t;
    const bz = x1 * y1 - beta * z1;
    const bz_t = x1_t * y1 + x1 * y1_t - beta_t * z1 - beta * z1_t;

    const x2 = 0.5 * h * bx + x;
    const x2_t = 0.5 * h * bx_t + x_t;
    const y2 = 0.5 * h * by + y;
    const y2_t = 0.5 * h * by_t + y_t;
    const z2 = 0.5 * h * bz + z;
    const z2_t = 0.5 * h * bz_t + z_t;
    const cx = sigma * (y2 - x2);
    const cx_t = sigma_t * (y2 - x2) + sigma * (y2_t - x2_t);
    const cy = x2 * (rho - z2) - y2;
    const cy_t = x2_t * (rho - z2) + x2 * (rho_t - z2_t) - y2_t;
    const cz = x2 * y2 - beta * z2;
    const cz_t = x2_t * y2 + x2 * y2_t - beta_t * z2 - beta * z2_t;

    const x3 = h * cx + x;
    const x3_t = h * cx_t + x_t;
    const y3 = h * cy + y;
    const y3_t = h * cy_t + y_t;
    const z3 = h * cz + z;
    const z3_t = h * cz_t + z_t;
    const dx = sigma * (y3 - x3);
    const dx_t = sigma_t * (y3 - x3) + sigma * (y3_t - x3_t);
    const dy = x3 * (rho - z3) - y3;
    const dy_t = x3_t * (rho - z3) + x3 * (rho_t - z3_t) - y3_t;
    const dz = x3 * y3 - beta * z3;
    const dz_t = x3_t * y3 + x3 * y3_t - beta_t * z3 - beta * z3_t;

    x = (h / 6) * (2 * cx + (2 * bx + (ax + dx))) + x;
    x_t = (h / 6) * (2 * cx_t + (2 * bx_t + (ax_t + dx_t))) + x_t;
    y = (h / 6) * (2 * cy + (2 * by + (ay + dy))) + y;
    y_t = (h / 6) * (2 * cy_t + (2 * by_t + (ay_t + dy_t))) + y_t;
    z = (h / 6) * (2 * cz + (2 * bz + (az + dz))) + z;
    z_t = (h / 6) * (2 * cz_t + (2 * bz_t + (az_t + dz_t))) + z_t;
  }
  return [x + 2 * y + 3 * z, x_t + 2 * y_t + 3 * z_t];
}
