import { dual, primalOf, tangentOf, toNumber, truthy } from "./dual.ts";

/** An ArrayBuffer with a second one of equal layout for tangents. */
export class DualBuffer {
  readonly primal: ArrayBuffer;
  readonly tangent: ArrayBuffer;

  constructor(length: unknown) {
    this.primal = new ArrayBuffer(Number(primalOf(length)));
    this.tangent = new ArrayBuffer(this.primal.byteLength);
  }

  get byteLength(): number {
    return this.primal.byteLength;
  }

  slice(start?: unknown, end?: unknown): DualBuffer {
    const [from, to] = [start ?? 0, end ?? this.byteLength].map((x) => Number(primalOf(x)));
    const piece = this.primal.slice(from ?? 0, to);
    const copy = new DualBuffer(piece.byteLength);
    new Uint8Array(copy.primal).set(new Uint8Array(piece));
    new Uint8Array(copy.tangent).set(new Uint8Array(this.tangent.slice(from ?? 0, to)));
    return copy;
  }
}

type Floats = Float32Array | Float64Array;
type FloatsConstructor = typeof Float32Array | typeof Float64Array;
/** Gives a float array its storage, in properties that programs do not see when they enumerate it. */
function attach(array: object, primal: Floats, tangent: Floats, buffer: DualBuffer): void {
  Object.defineProperties(array, { primal: { value: primal }, tangent: { value: tangent }, buffer: { value: buffer } });
}

/** The same primal memory with a zero tangent of its own. */
export function withoutTangent(array: DualFloats): DualFloats {
  const cut = Object.create(Object.getPrototypeOf(array)) as DualFloats;
  attach(cut, array.primal, array.tangent.slice().fill(0), array.buffer);
  return cut;
}

type Callback = (this: unknown, value: unknown, index: number, array: DualFloats) => unknown;

/**
 * A float array of interpreted programs: primals in one buffer, tangents at the same offsets in another, so every view
 * of the storage sees every write. Storing rounds both halves as the element type does.
 */
export abstract class DualFloats {
  declare readonly primal: Floats;
  declare readonly tangent: Floats;
  declare readonly buffer: DualBuffer;

  constructor(host: FloatsConstructor, source: unknown, byteOffset: unknown, length: unknown) {
    const first = primalOf(source);
    if (first instanceof DualBuffer) {
      const offset = byteOffset === undefined ? 0 : Number(primalOf(byteOffset));
      const count = length === undefined ? undefined : Number(primalOf(length));
      attach(this, new host(first.primal, offset, count), new host(first.tangent, offset, count), first);
      return;
    }
    const isObject = typeof first === "object" && first !== null;
    const values = isObject ? listOf(first) : undefined;
    // An invalid length must throw what the host throws, so the host sees it first.
    const count = values === undefined ? new host(first as number).length : values.length;
    const buffer = new DualBuffer(count * host.BYTES_PER_ELEMENT);
    attach(this, new host(buffer.primal), new host(buffer.tangent), buffer);
    values?.forEach((value, i) => {
      this.write(i, value);
    });
  }

  /** A fresh array of the same element type. */
  protected abstract make(source: unknown, byteOffset?: number, length?: number): DualFloats;

  get length(): number {
    return this.primal.length;
  }
  get byteLength(): number {
    return this.primal.byteLength;
  }
  get byteOffset(): number {
    return this.primal.byteOffset;
  }
  get BYTES_PER_ELEMENT(): number {
    return this.primal.BYTES_PER_ELEMENT;
  }

  /** The element at a valid index, undefined elsewhere. */
  read(index: number): unknown {
    const value = this.primal[index];
    return value === undefined ? undefined : dual(value, this.tangent[index] ?? 0);
  }

  /** Stores at a valid index, does nothing elsewhere. */
  write(index: number, value: unknown): void {
    const number = toNumber(value);
    this.primal[index] = primalOf(number) as number;
    this.tangent[index] = tangentOf(number);
  }

  [Symbol.iterator](): IterableIterator<unknown> {
    return this.values();
  }
  *values(): IterableIterator<unknown> {
    for (let i = 0; i < this.length; i++) yield this.read(i);
  }
  *entries(): IterableIterator<[number, unknown]> {
    for (let i = 0; i < this.length; i++) yield [i, this.read(i)];
  }
  keys(): IterableIterator<number> {
    return this.primal.keys();
  }
  at(index: unknown): unknown {
    const i = Math.trunc(Number(primalOf(index))) || 0;
    return this.read(i < 0 ? i + this.length : i);
  }
  forEach(f: Callback, self?: unknown): void {
    for (let i = 0; i < this.length; i++) f.call(self, this.read(i), i, this);
  }
  map(f: Callback, self?: unknown): DualFloats {
    const result = this.make(this.length);
    for (let i = 0; i < this.length; i++) result.write(i, f.call(self, this.read(i), i, this));
    return result;
  }
  filter(f: Callback, self?: unknown): DualFloats {
    return this.make([...this.values()].filter((x, i) => truthy(f.call(self, x, i, this))));
  }
  some(f: Callback, self?: unknown): boolean {
    for (let i = 0; i < this.length; i++) if (truthy(f.call(self, this.read(i), i, this))) return true;
    return false;
  }
  every(f: Callback, self?: unknown): boolean {
    return !this.some((x, i) => !truthy(f.call(self, x, i, this)));
  }
  findIndex(f: Callback, self?: unknown): number {
    for (let i = 0; i < this.length; i++) if (truthy(f.call(self, this.read(i), i, this))) return i;
    return -1;
  }
  find(f: Callback, self?: unknown): unknown {
    for (let i = 0; i < this.length; i++) {
      const value = this.read(i);
      if (truthy(f.call(self, value, i, this))) return value;
    }
    return undefined;
  }
  findLastIndex(f: Callback, self?: unknown): number {
    for (let i = this.length - 1; i >= 0; i--) if (truthy(f.call(self, this.read(i), i, this))) return i;
    return -1;
  }
  findLast(f: Callback, self?: unknown): unknown {
    for (let i = this.length - 1; i >= 0; i--) {
      const value = this.read(i);
      if (truthy(f.call(self, value, i, this))) return value;
    }
    return undefined;
  }
  reduce(f: (...args: unknown[]) => unknown, ...seed: unknown[]): unknown {
    return fold([...this.entries()], f, seed, this);
  }
  reduceRight(f: (...args: unknown[]) => unknown, ...seed: unknown[]): unknown {
    return fold([...this.entries()].reverse(), f, seed, this);
  }
  fill(value: unknown, start?: unknown, end?: unknown): this {
    const number = toNumber(value);
    this.primal.fill(primalOf(number) as number, index(start), index(end));
    this.tangent.fill(tangentOf(number), index(start), index(end));
    return this;
  }
  set(source: unknown, offset?: unknown): void {
    const values = listOf(source as object);
    const at = Math.trunc(Number(primalOf(offset ?? 0))) || 0;
    if (at < 0 || at + values.length > this.length) throw new RangeError("offset is out of bounds");
    values.forEach((value, i) => {
      this.write(at + i, value);
    });
  }
  subarray(start?: unknown, end?: unknown): DualFloats {
    const view = this.primal.subarray(index(start), index(end));
    return this.make(this.buffer, view.byteOffset, view.length);
  }
  slice(start?: unknown, end?: unknown): DualFloats {
    return this.make(this.subarray(start, end));
  }
  copyWithin(target: unknown, start?: unknown, end?: unknown): this {
    for (const half of [this.primal, this.tangent])
      half.copyWithin(Number(primalOf(target)), index(start) ?? 0, index(end));
    return this;
  }
  reverse(): this {
    this.primal.reverse();
    this.tangent.reverse();
    return this;
  }
  sort(compare?: (a: unknown, b: unknown) => unknown): this {
    const order = compare ?? byNumber;
    const sorted = [...this.values()].sort((a, b) => Number(primalOf(order(a, b))));
    sorted.forEach((value, i) => {
      this.write(i, value);
    });
    return this;
  }
  toSorted(compare?: (a: unknown, b: unknown) => unknown): DualFloats {
    return this.slice().sort(compare);
  }
  toReversed(): DualFloats {
    return this.slice().reverse();
  }
  with(at: unknown, value: unknown): DualFloats {
    const i = Math.trunc(Number(primalOf(at))) || 0;
    const place = i < 0 ? i + this.length : i;
    if (place < 0 || place >= this.length) throw new RangeError("Invalid typed array index");
    const copy = this.slice();
    copy.write(place, value);
    return copy;
  }
  indexOf(x: unknown, from?: unknown): number {
    return this.primal.indexOf(primalOf(x) as number, index(from));
  }
  lastIndexOf(x: unknown, ...from: unknown[]): number {
    const rest = from.map((i) => Number(primalOf(i))) as [number];
    return this.primal.lastIndexOf(primalOf(x) as number, ...rest);
  }
  includes(x: unknown, from?: unknown): boolean {
    return this.primal.includes(primalOf(x) as number, index(from));
  }
  join(separator?: unknown): string {
    return [...this.values()].join(separator === undefined ? "," : String(separator));
  }
  toString(): string {
    return this.join();
  }
}

function index(x: unknown): number | undefined {
  return x === undefined ? undefined : Number(primalOf(x));
}

/** The typed arrays' own order: numeric, −0 before +0, NaN last. */
function byNumber(x: unknown, y: unknown): number {
  const [a, b] = [primalOf(x) as number, primalOf(y) as number];
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  if (a === 0 && b === 0) return Number(Object.is(b, -0)) - Number(Object.is(a, -0));
  return a < b ? -1 : a > b ? 1 : 0;
}

function fold(
  entries: [number, unknown][],
  f: (...args: unknown[]) => unknown,
  seed: unknown[],
  array: unknown,
): unknown {
  if (seed.length === 0 && entries.length === 0) throw new TypeError("Reduce of empty array with no initial value");
  let accumulator = seed.length > 0 ? seed[0] : entries.shift()?.[1];
  for (const [i, value] of entries) accumulator = f(accumulator, value, i, array);
  return accumulator;
}

/** Elements of an iterable or array-like, duals kept. */
function listOf(source: object): unknown[] {
  return Array.from(source as ArrayLike<unknown>);
}

type MapFunction = (value: unknown, index: number) => unknown;

/** `Float32Array` of interpreted programs. */
export class DualFloat32Array extends DualFloats {
  static readonly BYTES_PER_ELEMENT = 4;
  constructor(source: unknown = 0, byteOffset?: unknown, length?: unknown) {
    super(Float32Array, source, byteOffset, length);
  }
  static from(source: unknown, f: MapFunction = (x) => x): DualFloat32Array {
    return new DualFloat32Array(Array.from(source as ArrayLike<unknown>, f));
  }
  static of(...items: unknown[]): DualFloat32Array {
    return new DualFloat32Array(items);
  }
  protected override make(source: unknown, byteOffset?: number, length?: number): DualFloats {
    return new DualFloat32Array(source, byteOffset, length);
  }
}

/** `Float64Array` of interpreted programs. */
export class DualFloat64Array extends DualFloats {
  static readonly BYTES_PER_ELEMENT = 8;
  constructor(source: unknown = 0, byteOffset?: unknown, length?: unknown) {
    super(Float64Array, source, byteOffset, length);
  }
  static from(source: unknown, f: MapFunction = (x) => x): DualFloat64Array {
    return new DualFloat64Array(Array.from(source as ArrayLike<unknown>, f));
  }
  static of(...items: unknown[]): DualFloat64Array {
    return new DualFloat64Array(items);
  }
  protected override make(source: unknown, byteOffset?: number, length?: number): DualFloats {
    return new DualFloat64Array(source, byteOffset, length);
  }
}

for (const [type, name] of [
  [DualFloat32Array, "Float32Array"],
  [DualFloat64Array, "Float64Array"],
  [DualBuffer, "ArrayBuffer"],
] as const) {
  Object.defineProperty(type, "name", { value: name });
}
