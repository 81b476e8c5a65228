import { Dual } from "../dual.ts";

/** Rosenbrock's function on dual numbers. */
export function rosenbrock(x: Dual, y: Dual): Dual {
  const slope = new Dual(1).minus(x);
  const bend = y.minus(x.times(x));
  return slope.times(slope).plus(bend.times(bend).scaled(100));
}
