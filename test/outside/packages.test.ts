/** Functions that their authors never wrote for us: installed packages, plain JavaScript mostly, through a user's module. */

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CompileResult } from "../../compiler/index.ts";
import {
  type Check,
  checkFunction,
  compile,
  type Exports,
  errorsOf,
  linesCompiled,
  load,
  loadCompiled,
  makePlace,
} from "./support/foreign.ts";

interface Package {
  readonly name: string;
  readonly source: string;
  readonly calls: Readonly<Record<string, Check | readonly Check[]>>;
  /** At least so many lines were compiled. */
  readonly lines?: number;
}

const iss = `"1 25544U 98067A   19156.50900463  .00003075  00000-0  59442-4 0  9992",
  "2 25544  51.6433  59.2583 0008217  16.4489 347.6017 15.51174618173442"`;
const deep = `"1 28626U 05008A   06176.46683397 -.00000205  00000-0  10000-3 0  2190",
  "2 28626   0.0019 286.9433 0000335  13.7918  55.6504  1.00270176  4891"`;

const packages: readonly Package[] = [
  {
    name: "satellite.js: SGP4 and SDP4 orbits, typed by declarations that stand apart",
    lines: 2500,
    source: `
      import { gstime, sgp4, twoline2satrec } from "satellite.js";
      /** @fgrad */
      export function near(minutes: number): number[] {
        const { position, velocity } = sgp4(twoline2satrec(${iss}), minutes) as any;
        return [position.x, position.y, position.z, velocity.x, velocity.y, velocity.z];
      }
      /** @fgrad */
      export function far(minutes: number): number[] {
        const { position } = sgp4(twoline2satrec(${deep}), minutes) as any;
        return [position.x, position.y, position.z];
      }
      /** @fgrad */
      export function drag(bstar: number, inclination: number): number {
        const satrec = twoline2satrec(${iss});
        satrec.bstar = bstar;
        satrec.inclo = inclination;
        const { position } = sgp4(satrec, 100) as any;
        return Math.hypot(position.x, position.y, position.z);
      }
    `,
    calls: {
      near: [0, 10.5, 1440, -300].map((t) => ({ args: [t], step: 1 })),
      far: [0, 10.5, 1440, -300].map((t) => ({ args: [t], step: 1 })),
      drag: { args: [5.9e-5, 0.9], step: 1e-5, tolerance: 1e-6 },
    },
  },
  {
    name: "gamma: a special function that calls itself, in CommonJS",
    source: `
      import gamma from "gamma";
      /** @fgrad */
      export function f(z: number): number {
        return gamma(z) / 2;
      }
    `,
    calls: { f: [0.3, 2.5, 7.25, -1.5].map((z) => ({ args: [z] })) },
  },
  {
    name: "fft.js: a class that is a function, its methods known by declarations",
    source: `
      import FFT from "fft.js";
      /** @fgrad */
      export function power(xs: number[]): number {
        const fft = new FFT(xs.length);
        const out = fft.createComplexArray() as number[];
        fft.realTransform(out, xs);
        return xs.reduce((sum, _, i) => sum + (out[i] as number) * (out[i] as number) * (i + 1), 0);
      }
    `,
    calls: { power: { args: [[1, 2, 0.5, 3, 1, 0.2, 0.7, 0.1]] } },
  },
  {
    name: "bessel: functions made by functions, in CommonJS",
    source: `
      import { besseli, besselj } from "bessel";
      /** @fgrad */
      export function f(x: number): number {
        return besselj(x, 0) + besselj(x, 2) * besseli(x, 1);
      }
    `,
    calls: { f: [0.4, 1.5, 9].map((x) => ({ args: [x], tolerance: 1e-6 })) },
  },
  {
    name: "simple-statistics: a module a function, by re-exports",
    source: `
      import * as ss from "simple-statistics";
      import { linearRegression } from "simple-statistics";
      /** @fgrad */
      export function spread(xs: number[]): number {
        return ss.standardDeviation(xs) + ss.mean(xs) * ss.rootMeanSquare(xs);
      }
      /** @fgrad */
      export function skew(xs: number[]): number {
        return ss.sampleSkewness(xs) + ss.sampleKurtosis(xs);
      }
      /** @fgrad */
      export function line(ys: number[]): number {
        const { m, b } = linearRegression(ys.map((y, i) => [i * i, y]));
        return m * 3 + b;
      }
    `,
    calls: {
      spread: { args: [[1, 2.5, -3, 4.25, 0.5]] },
      skew: { args: [[1, 2.5, -3, 4.25, 0.5]] },
      line: { args: [[1, 2.5, -3, 4.25, 0.5]] },
    },
  },
  {
    name: "gl-matrix: memory that is handed in",
    source: `
      import { mat4, quat, vec3 } from "gl-matrix";
      /** @fgrad */
      export function turned(angle: number, x: number): number[] {
        const q: [number, number, number, number] = [0, 0, 0, 1];
        quat.setAxisAngle(q, [0, 0.6, 0.8], angle);
        const v: [number, number, number] = [x, 2, 3];
        vec3.transformQuat(v, v, q);
        return [v[0], v[1], v[2], vec3.length(v) * vec3.dot(v, [1, 2, 3])];
      }
      /** @fgrad */
      export function lens(fov: number, near: number): number {
        const m = Array.from({ length: 16 }, () => 0) as unknown as mat4;
        mat4.perspective(m, fov, 1.5, near, 100);
        mat4.rotateX(m, m, fov * near);
        return mat4.determinant(m);
      }
    `,
    calls: { turned: { args: [0.7, 1.5] }, lens: { args: [0.9, 0.5] } },
  },
  {
    name: "geodesy: classes that inherit, getters, Vincenty's iteration",
    source: `
      import LatLon from "geodesy/latlon-ellipsoidal-vincenty.js";
      import Spherical from "geodesy/latlon-spherical.js";
      /** @fgrad */
      export function metres(lat: number, lon: number): number {
        return (new LatLon(lat, lon) as any).inverse(new LatLon(58.64402, -3.07009)).distance;
      }
      /** @fgrad */
      export function round(lat: number, lon: number): number {
        return new Spherical(lat, lon).distanceTo(new Spherical(10, 20));
      }
    `,
    calls: {
      metres: { args: [50.06632, -5.71475], tolerance: 1e-6 },
      round: { args: [50, -5], tolerance: 1e-6 },
    },
  },
  {
    name: "d3-geo: projections over functions of Math under names of their own",
    source: `
      import * as d3 from "d3-geo";
      /** @fgrad */
      export function mercator(lambda: number, phi: number): number[] {
        return d3.geoMercatorRaw(lambda, phi);
      }
      /** @fgrad */
      export function natural(lambda: number, phi: number): number[] {
        return d3.geoNaturalEarth1Raw(lambda, phi);
      }
      /** @fgrad */
      export function equal(lambda: number, phi: number): number[] {
        return d3.geoEqualEarthRaw(lambda, phi);
      }
    `,
    calls: {
      mercator: { args: [0.5, 0.7] },
      natural: { args: [0.5, 0.7] },
      equal: { args: [0.5, 0.7] },
    },
  },
  {
    name: "odex: an adaptive integrator with a right side that captures what is active",
    lines: 1000,
    source: `
      import { Solver } from "odex";
      /** @fgrad */
      export function predators(a: number, b: number): number[] {
        const solver = new Solver(2);
        solver.absoluteTolerance = solver.relativeTolerance = 1e-11;
        const rates = (t: number, y: number[]): number[] => [a * y[0] - b * y[0] * y[1], b * y[0] * y[1] - y[1]];
        return solver.solve(rates, 0, [1, 1], 2).y;
      }
    `,
    calls: { predators: { args: [1.2, 0.8], tolerance: 1e-7, step: 1e-3 } },
  },
  {
    name: "culori: colours through an index of a hundred modules, each with a default of its own",
    source: `
      import { convertLabToLch, convertLrgbToOklab, convertOklabToLrgb, convertRgbToHsl, convertRgbToLrgb } from "culori";
      /** @fgrad */
      export function seen(r: number, g: number, b: number): number[] {
        const { l, a, b: yellow } = convertLrgbToOklab(convertRgbToLrgb({ r, g, b }));
        const { h, c } = convertLabToLch({ l, a, b: yellow });
        return [l, c, h, convertRgbToHsl({ r, g, b }).s];
      }
      /** @fgrad */
      export function shown(l: number, a: number, b: number): number {
        const light = convertOklabToLrgb({ mode: "oklab", l, a, b });
        return light.r + 2 * light.g + 3 * light.b;
      }
    `,
    calls: { seen: { args: [0.2, 0.4, 0.7] }, shown: { args: [0.5, 0.1, -0.1] } },
  },
  {
    name: "proj4: functions under projections, by the paths of their modules",
    source: `
      import clens from "proj4/lib/common/clens_cmplx.js";
      import msfnz from "proj4/lib/common/msfnz.js";
      import pj_enfn from "proj4/lib/common/pj_enfn.js";
      import pj_inv_mlfn from "proj4/lib/common/pj_inv_mlfn.js";
      import phi2z from "proj4/lib/common/phi2z.js";
      /** @fgrad */
      export function meridian(es: number, phi: number): number {
        return pj_inv_mlfn(phi, es, pj_enfn(es)) + phi2z(es, phi);
      }
      /** @fgrad */
      export function series(x: number, y: number): number[] {
        return [...clens([0.1, 0.2, 0.3], x, y), msfnz(0.08, Math.sin(x), Math.cos(x))];
      }
    `,
    calls: { meridian: { args: [0.0066, 0.7], step: 1e-3 }, series: { args: [0.3, 0.2] } },
  },
  {
    name: "ml-peak-shape-generator: shapes chosen by name, of classes with fields and with accessors",
    source: `
      import { getShape1D, PseudoVoigt, lorentzianFct } from "ml-peak-shape-generator";
      /** @fgrad */
      export function mixed(x: number, fwhm: number, mu: number): number {
        return new PseudoVoigt({ fwhm, mu }).fct(x) + lorentzianFct(x, fwhm);
      }
      /** @fgrad */
      export function chosen(x: number, fwhm: number): number {
        return getShape1D({ kind: "gaussian", fwhm }).fct(x);
      }
    `,
    calls: { mixed: { args: [0.4, 2, 0.3] }, chosen: { args: [0.4, 2] } },
  },
  {
    name: "cubic-spline: a class that is what its module exports",
    source: `
      import Spline from "cubic-spline";
      /** @fgrad */
      export function at(ys: number[], x: number): number {
        return new Spline([1, 2, 3, 4], ys).at(x);
      }
    `,
    calls: { at: { args: [[9, 3, 6, 2], 1.4] } },
  },
  {
    name: "black-scholes: functions in an object that a module exports",
    source: `
      import bs from "black-scholes";
      /** @fgrad */
      export function straddle(s: number, k: number, t: number, v: number, r: number): number {
        return bs.blackScholes(s, k, t, v, r, "call") + bs.blackScholes(s, k, t, v, r, "put");
      }
    `,
    calls: { straddle: { args: [30, 34, 0.25, 0.2, 0.08] } },
  },
];

/** What is said of packages that can't be differentiated, and why. */
const refused: readonly { readonly name: string; readonly source: string; readonly says: RegExp }[] = [
  {
    name: "geodesy rounds its distances to millimetres, by text",
    source: `
      import LatLon from "geodesy/latlon-ellipsoidal-vincenty.js";
      /** @fgrad */
      export function f(lat: number): number {
        return new LatLon(lat, 3).distanceTo(new LatLon(58, -3));
      }
    `,
    says: /^FG3004 .*toFixed/,
  },
  {
    name: "bezier-js takes coordinates by the object arguments",
    source: `
      import { Bezier } from "bezier-js";
      /** @fgrad */
      export function f(x: number): number {
        return new Bezier(0, 0, x, 1, 2, 3).length();
      }
    `,
    says: /^FG3018 .*Bezier/,
  },
];

const place = makePlace();
afterAll(() => place.dispose());

describe.each(packages.map((one, i) => [one.name, one, i] as const))("%s", (_, { source, calls, lines }, i) => {
  let result: CompileResult;
  let original: Exports;
  let compiled: Exports;

  beforeAll(async () => {
    const [entry = ""] = place.write({ [`p${i}/main.ts`]: source });
    result = compile([entry]);
    if (errorsOf(result).length > 0) return;
    original = await load(place, entry);
    compiled = await loadCompiled(place, result, entry);
  }, 120_000);

  test("compiles", () => {
    expect(errorsOf(result)).toEqual([]);
    expect(linesCompiled(result)).toBeGreaterThan(lines ?? 10);
  });

  for (const [name, checks] of Object.entries(calls)) {
    test(name, () => {
      const before = original[name];
      const after = compiled[name];
      if (before === undefined || after === undefined) throw new Error(`${name} is not there`);
      for (const check of Array.isArray(checks) ? checks : [checks as Check]) checkFunction(before, after, check);
    });
  }
});

test.each(refused.map((one, i) => [one.name, one, i] as const))("%s", (_, { source, says }, i) => {
  const [entry = ""] = place.write({ [`r${i}/main.ts`]: source });
  const result = compile([entry]);
  expect(errorsOf(result).join("\n")).toMatch(says);
  expect(result.files).toEqual([]);
});
