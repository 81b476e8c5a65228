import { type GivenTangents, jvp, type Tangent } from "fgrad";
import { describe, expectTypeOf, test } from "vitest";

interface Body {
  readonly position: [number, number, number];
  name: string;
  mass?: number;
  trail: Float32Array;
  ids: Int32Array;
  move(dt: number): void;
}

interface List {
  value: number;
  next?: List;
}

type Metres = number & { readonly unit: "m" };

describe("Tangent<T>", () => {
  test("numbers and float arrays map to themselves", () => {
    expectTypeOf<Tangent<number>>().toEqualTypeOf<number>();
    expectTypeOf<Tangent<Metres>>().toEqualTypeOf<number>();
    expectTypeOf<Tangent<Float32Array>>().toEqualTypeOf<Float32Array>();
    expectTypeOf<Tangent<Float64Array>>().toEqualTypeOf<Float64Array>();
  });

  test("arrays, readonly arrays and tuples keep their shape", () => {
    expectTypeOf<Tangent<number[]>>().toEqualTypeOf<number[]>();
    expectTypeOf<Tangent<number[][]>>().toEqualTypeOf<number[][]>();
    expectTypeOf<Tangent<readonly number[]>>().toEqualTypeOf<readonly number[]>();
    expectTypeOf<Tangent<[number, string, Float32Array]>>().toEqualTypeOf<[number, undefined, Float32Array]>();
    expectTypeOf<Tangent<[number, number?]>>().toEqualTypeOf<[number, (number | undefined)?]>();
  });

  test("objects lose the fields that carry no tangent", () => {
    type T = Tangent<Body>;
    expectTypeOf<keyof T>().toEqualTypeOf<"position" | "mass" | "trail">();
    expectTypeOf<T["trail"]>().toEqualTypeOf<Float32Array>();
    expectTypeOf<T["position"]>().toEqualTypeOf<[number, number, number]>();
    expectTypeOf<Tangent<{ a: { b: string }; c: { d: number } }>>().toEqualTypeOf<{ c: { d: number } }>();
  });

  test("everything else is undefined", () => {
    expectTypeOf<Tangent<string>>().toEqualTypeOf<undefined>();
    expectTypeOf<Tangent<boolean>>().toEqualTypeOf<undefined>();
    expectTypeOf<Tangent<bigint>>().toEqualTypeOf<undefined>();
    expectTypeOf<Tangent<Uint8Array>>().toEqualTypeOf<undefined>();
    expectTypeOf<Tangent<0 | 1 | 2>>().toEqualTypeOf<undefined>();
    expectTypeOf<Tangent<string[]>>().toEqualTypeOf<undefined>();
    expectTypeOf<Tangent<{ name: string }>>().toEqualTypeOf<undefined>();
    expectTypeOf<Tangent<Map<string, number>>>().toEqualTypeOf<undefined>();
    expectTypeOf<Tangent<() => number>>().toEqualTypeOf<undefined>();
    expectTypeOf<Tangent<void>>().toEqualTypeOf<undefined>();
    expectTypeOf<Tangent<null>>().toEqualTypeOf<undefined>();
  });

  test("unions are mapped member by member, recursive types end", () => {
    expectTypeOf<Tangent<number | undefined>>().toEqualTypeOf<number | undefined>();
    expectTypeOf<Tangent<number | string>>().toEqualTypeOf<number | undefined>();
    expectTypeOf<Tangent<List>["value"]>().toEqualTypeOf<number>();
    expectTypeOf<NonNullable<Tangent<List>["next"]>["value"]>().toEqualTypeOf<number>();
  });
});

describe("jvp is typed by its function", () => {
  const f = (theta: Float32Array, _body: Body, _labels: Uint8Array, k?: number): number => theta.length + (k ?? 0);

  test("tangents of parameters", () => {
    type Given = GivenTangents<Parameters<typeof f>>;
    expectTypeOf<Given[0]>().toEqualTypeOf<Float32Array | undefined>();
    expectTypeOf<Given[2]>().toEqualTypeOf<undefined>();
    expectTypeOf<{ mass: number }>().toExtend<NonNullable<Given[1]>>();
    expectTypeOf<[Float32Array]>().toExtend<Given>();
    expectTypeOf<[undefined, { trail: Float32Array }, undefined, 1]>().toExtend<Given>();
    expectTypeOf<[Float64Array]>().not.toExtend<Given>();
    expectTypeOf<[Float32Array, undefined, Uint8Array]>().not.toExtend<Given>();
  });

  test("results", () => {
    expectTypeOf(jvp<typeof f>).returns.toEqualTypeOf<[value: number, tangent: number]>();
    const pair = (x: number): { sum: number; label: string } => ({ sum: x, label: "" });
    expectTypeOf(jvp<typeof pair>).returns.toEqualTypeOf<
      [value: { sum: number; label: string }, tangent: { sum: number }]
    >();
    const nothing = (_out: Float32Array): void => {};
    expectTypeOf(jvp<typeof nothing>).returns.toEqualTypeOf<[value: ReturnType<typeof nothing>, tangent: undefined]>();
  });
});
