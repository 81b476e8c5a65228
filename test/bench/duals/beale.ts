import { Dual } from "../dual.ts";

/** Beale's function on dual numbers. */
export function beale(x: Dual, y: Dual): Dual {
  const a = new Dual(1.5).minus(x).plus(x.times(y));
  const b = new Dual(2.25).minus(x).plus(x.times(y.power(2)));
  const c = new Dual(2.625).minus(x).plus(x.times(y.power(3)));
  return a.power(2).plus(b.power(2)).plus(c.power(2));
}
