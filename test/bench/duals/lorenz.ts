import type { Dual } from "../dual.ts";

/** 1,000 RK4 steps of the Lorenz system on dual numbers. */
export function lorenz(sigma: Dual, rho: Dual, beta: Dual, x0: Dual, y0: Dual, z0: Dual): Dual {
  const h = 0.01;
  const slope = (x: Dual, y: Dual, z: Dual): [Dual, Dual, Dual] => [
    sigma.times(y.minus(x)),
    x.times(rho.minus(z)).minus(y),
    x.times(y).minus(beta.times(z)),
  ];
  const mean = (a: Dual, b: Dual, c: Dual, d: Dual): Dual =>
    a
      .plus(b.scaled(2))
      .plus(c.scaled(2))
      .plus(d)
      .scaled(h / 6);
  let [x, y, z] = [x0, y0, z0];
  for (let step = 0; step < 1000; step++) {
    const [ax, ay, az] = slope(x, y, z);
    const [bx, by, bz] = slope(x.plus(ax.scaled(0.5 * h)), y.plus(ay.scaled(0.5 * h)), z.plus(az.scaled(0.5 * h)));
    const [cx, cy, cz] = slope(x.plus(bx.scaled(0.5 * h)), y.plus(by.scaled(0.5 * h)), z.plus(bz.scaled(0.5 * h)));
    const [dx, dy, dz] = slope(x.plus(cx.scaled(h)), y.plus(cy.scaled(h)), z.plus(cz.scaled(h)));
    x = x.plus(mean(ax, bx, cx, dx));
    y = y.plus(mean(ay, by, cy, dy));
    z = z.plus(mean(az, bz, cz, dz));
  }
  return x.plus(y.scaled(2)).plus(z.scaled(3));
}
