import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { beale } from "../../fixtures/beale.ts";
import { drawSvg, type Results, rasterize } from "../../fixtures/demo/figure.ts";
import { curve, smoothed, thinnedPath } from "../../fixtures/demo/thinning.ts";
import type { Descent, Method, Valley } from "../../fixtures/demo/valleys.ts";
import { rosenbrock } from "../../fixtures/rosenbrock.ts";

function straight(method: Method, valley: Valley): Descent {
  const at = (i: 0 | 1) =>
    Float64Array.from({ length: valley.steps + 1 }, (_, k) => {
      const share = (0.999 * k) / valley.steps;
      return (1 - share) * valley.start[i] + share * valley.minimum[i];
    });
  const [xs, ys] = [at(0), at(1)];
  return { method, xs, ys, heights: xs.map((x, i) => valley.height(x, ys[i] ?? 0)) };
}

function results(): Results {
  const common = { heightAt: () => 0, learningRate: 0.01, steps: 50 };
  const valleys: Valley[] = [
    { name: "Beale", height: beale, start: [0, 0.5], minimum: [3, 0.5], ...common },
    { name: "Rosenbrock", height: rosenbrock, start: [-1, 0], minimum: [1, 1], ...common },
  ];
  return {
    landscapes: valleys.map((valley) => ({
      valley,
      descents: [straight("gradient", valley), straight("forward gradient", valley)],
    })),
    training: {
      losses: Float64Array.from({ length: 300 }, (_, i) => 2.3 * Math.exp(-i / 100)),
      accuracies: [
        { step: 0, accuracy: 0.1 },
        { step: 300, accuracy: 0.876 },
      ],
      elapsed: 1000,
    },
    batch: 64,
  };
}

describe("the picture", () => {
  const svg = drawSvg(results());

  it("is well-formed XML: every tag is closed, every attribute quoted", () => {
    const open: string[] = [];
    const rest = svg.replace(
      /<(\/?)([a-z][\w-]*)((?:\s+[\w:-]+="[^"<>]*")*)\s*(\/?)>/gi,
      (_, closes: string, name: string, _attributes: string, empty: string) => {
        if (closes !== "") expect(open.pop()).toBe(name);
        else if (empty === "") open.push(name);
        return "";
      },
    );
    expect(open).toEqual([]);
    expect(rest).not.toMatch(/[<>]/);
    expect(rest).not.toMatch(/&(?!amp;|lt;|gt;|quot;|#\d+;)/);
  });

  it("needs no style sheet, script or font from elsewhere", () => {
    expect(svg).not.toMatch(/<style|<script|var\(|currentColor|href=/);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });

  it("has four panels with titles, legend and numbers", () => {
    const { document } = parseHTML(svg);
    expect(document.querySelectorAll("svg svg")).toHaveLength(4);
    for (const words of [
      "Beale’s function",
      "Rosenbrock’s function",
      "gradient descent",
      "test accuracy 87.6 %",
      "η = 0.01",
    ]) {
      expect(svg).toContain(words);
    }
  });

  it("becomes a PNG in which text is drawn", () => {
    const png = rasterize(svg);
    expect([...png.subarray(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    const word = '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="20" font-family="Inter, sans-serif">';
    const drawn = rasterize(`${word}<text x="2" y="15">words</text></svg>`);
    const blank = rasterize(`${word}</svg>`);
    expect(drawn.length).toBeGreaterThan(2 * blank.length);
  });
});

describe("thinning", () => {
  it("keeps both ends of a path and what lies apart", () => {
    const xs = Float64Array.of(0, 0.01, 0.02, 1, 1.001, 1.002);
    const descent: Descent = { method: "gradient", xs, ys: new Float64Array(6), heights: xs };
    expect(thinnedPath(descent, 0.1, 0.1).map(({ x }) => x)).toEqual([0, 1, 1.002]);
  });

  it("thins a curve by the logarithm of the step", () => {
    const points = curve(Float64Array.from({ length: 25_001 }, (_, i) => i));
    expect(points.slice(0, 3).map(({ step }) => step)).toEqual([1, 2, 3]);
    expect(points.length).toBeLessThan(600);
    expect(points.at(-1)?.step).toBe(25_000);
  });

  it("smooths a record by windows, also the last one, which is shorter", () => {
    const points = smoothed(Float64Array.of(1, 3, 2, 10), 3);
    expect(points.map(({ mean }) => mean)).toEqual([2, 10]);
    expect(points[0]).toMatchObject({ low: 1, high: 3, step: 1.5 });
  });
});
