/** Seeded inputs made from the text of parameter types, and directions of the same shape. */
import { ts } from "../../frontend/project.ts";

/** Uniform numbers in [0, 1), the same for a seed everywhere (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A type that no input can be made for. */
export class NoInput extends Error {}

/** What an input is made with. */
export interface Making {
  readonly random: () => number;
  /** Length of every array. */
  readonly length: number;
  /** What inactive numbers are, which often count or index; undefined for active ones. */
  readonly whole: number | undefined;
  /** Interfaces and aliases of the module, by name. */
  readonly types: ReadonlyMap<string, ts.TypeNode | ts.InterfaceDeclaration>;
}

/** The interfaces and type aliases that a module declares. */
export function declaredTypes(code: string): Making["types"] {
  const types = new Map<string, ts.TypeNode | ts.InterfaceDeclaration>();
  for (const statement of ts.createSourceFile("m.ts", code, ts.ScriptTarget.Latest).statements) {
    if (ts.isInterfaceDeclaration(statement) && !statement.heritageClauses) types.set(statement.name.text, statement);
    if (ts.isTypeAliasDeclaration(statement)) types.set(statement.name.text, statement.type);
  }
  return types;
}

/** Parses the text of a type. */
export function parseType(text: string): ts.TypeNode {
  const statement = ts.createSourceFile("t.ts", `type T = ${text};`, ts.ScriptTarget.Latest).statements[0];
  if (statement === undefined || !ts.isTypeAliasDeclaration(statement))
    throw new NoInput(`the type ${text} can't be read`);
  return statement.type;
}

/** Multiples of 2⁻¹² in (0.1, 2): exact in single precision too, also after a step of a few bits' size. */
function ordinary(random: () => number): number {
  return (Math.floor(random() * 7600) + 460) / 4096;
}

const INTEGER_ARRAYS: Readonly<Record<string, (length: number) => { [index: number]: number }>> = {
  Int8Array: (length) => new Int8Array(length),
  Uint8Array: (length) => new Uint8Array(length),
  Uint8ClampedArray: (length) => new Uint8ClampedArray(length),
  Int16Array: (length) => new Int16Array(length),
  Uint16Array: (length) => new Uint16Array(length),
  Int32Array: (length) => new Int32Array(length),
  Uint32Array: (length) => new Uint32Array(length),
};

function members(nodes: ts.NodeArray<ts.TypeElement>, making: Making): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  for (const member of nodes) {
    if (!ts.isPropertySignature(member) || !member.type || !member.name || ts.isComputedPropertyName(member.name)) {
      throw new NoInput("an object with methods or an index can't be made up");
    }
    made[member.name.text] = makeValue(member.type, making);
  }
  return made;
}

function named(node: ts.TypeReferenceNode, making: Making): unknown {
  const name = ts.isIdentifier(node.typeName) ? node.typeName.text : "";
  const { length, random } = making;
  const element = node.typeArguments?.[0];
  if (name === "Float32Array") return Float32Array.from({ length }, () => ordinary(random));
  if (name === "Float64Array") return Float64Array.from({ length }, () => ordinary(random));
  const integers = INTEGER_ARRAYS[name]?.(length);
  if (integers) {
    for (let i = 0; i < length; i++) integers[i] = Math.floor(random() * length);
    return integers;
  }
  if ((name === "Array" || name === "ReadonlyArray") && element) {
    return Array.from({ length }, () => makeValue(element, making));
  }
  if (name === "Readonly" && element) return makeValue(element, making);
  const declared = making.types.get(name);
  if (declared === undefined || node.typeArguments) throw new NoInput(`a value of type ${name} can't be made up`);
  return ts.isInterfaceDeclaration(declared) ? members(declared.members, making) : makeValue(declared, making);
}

/** A value of a type. Throws `NoInput` where only the user knows what would make sense. */
export function makeValue(node: ts.TypeNode, making: Making): unknown {
  const { random, length, whole } = making;
  if (ts.isParenthesizedTypeNode(node)) return makeValue(node.type, making);
  if (ts.isTypeOperatorNode(node)) return makeValue(node.type, making);
  if (ts.isOptionalTypeNode(node) || ts.isNamedTupleMember(node)) return makeValue(node.type, making);
  if (ts.isArrayTypeNode(node)) return Array.from({ length }, () => makeValue(node.elementType, making));
  if (ts.isTupleTypeNode(node)) return node.elements.map((element) => makeValue(element, making));
  if (ts.isTypeLiteralNode(node)) return members(node.members, making);
  if (ts.isTypeReferenceNode(node)) return named(node, making);
  if (ts.isUnionTypeNode(node)) {
    const [choice] = node.types.filter((type) => type.kind !== ts.SyntaxKind.UndefinedKeyword);
    if (choice) return makeValue(choice, making);
  }
  if (ts.isLiteralTypeNode(node)) {
    const { literal } = node;
    if (ts.isStringLiteral(literal)) return literal.text;
    if (ts.isNumericLiteral(literal)) return Number(literal.text);
    return literal.kind === ts.SyntaxKind.TrueKeyword;
  }
  if (node.kind === ts.SyntaxKind.NumberKeyword) return whole ?? ordinary(random);
  if (node.kind === ts.SyntaxKind.StringKeyword) return "text";
  if (node.kind === ts.SyntaxKind.BooleanKeyword) return random() < 0.5;
  throw new NoInput(
    `a value of type ${ts.SyntaxKind[node.kind].replace("Keyword", "").toLowerCase()} can't be made up`,
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !ArrayBuffer.isView(value);
}

/** Builds a value of the same shape from the numbers of float arrays, arrays, objects; what carries no tangent becomes undefined. */
export function mapNumbers(value: unknown, each: (x: number, path: string) => unknown, path = ""): unknown {
  if (typeof value === "number") return each(value, path);
  if (value instanceof Float32Array || value instanceof Float64Array) {
    const copy = value.slice();
    for (const [i, x] of value.entries()) copy[i] = Number(each(x, path) ?? 0);
    return copy;
  }
  if (Array.isArray(value)) return value.map((item) => mapNumbers(item, each, path));
  if (isRecord(value)) {
    const entries = Object.entries(value).map(
      ([key, item]) => [key, mapNumbers(item, each, path === "" ? key : `${path}.${key}`)] as const,
    );
    return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
  }
  return undefined;
}

/** A random direction: multiples of 1/8 in [−1, 1], only at the `paths` that are active when some are named. */
export function makeDirection(value: unknown, random: () => number, paths: readonly string[] | undefined): unknown {
  const active = (path: string) => !paths || paths.some((known) => path === known || path.startsWith(`${known}.`));
  return mapNumbers(value, (_x, path) => (active(path) ? (Math.floor(random() * 17) - 8) / 8 : undefined));
}

/** `value + step · direction`, in new memory. */
export function moved(value: unknown, direction: unknown, step: number): unknown {
  if (typeof value === "number") return typeof direction === "number" ? value + step * direction : value;
  if (value instanceof Float32Array || value instanceof Float64Array) {
    const copy = value.slice();
    const along = direction instanceof Float32Array || direction instanceof Float64Array ? direction : undefined;
    for (const [i, x] of value.entries()) copy[i] = x + step * (along?.[i] ?? 0);
    return copy;
  }
  if (Array.isArray(value)) {
    return value.map((item, i) => moved(item, Array.isArray(direction) ? direction[i] : undefined, step));
  }
  if (isRecord(value)) {
    const along = isRecord(direction) ? direction : {};
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, moved(item, along[key], step)]));
  }
  return structuredClone(value);
}

/** A number of a result beside its tangent, which is undefined where the result says that it carries none. */
export interface Leaf {
  readonly value: number;
  readonly tangent: number | undefined;
}

/** The numbers in a value and its tangent, in order. */
export function leaves(value: unknown, tangent: unknown): Leaf[] {
  if (typeof value === "number") return [{ value, tangent: typeof tangent === "number" ? tangent : undefined }];
  if (value instanceof Float32Array || value instanceof Float64Array || Array.isArray(value)) {
    const list: ArrayLike<unknown> = value;
    const along: ArrayLike<unknown> =
      tangent instanceof Float32Array || tangent instanceof Float64Array || Array.isArray(tangent) ? tangent : [];
    return Array.from(list).flatMap((item, i) => leaves(item, along[i]));
  }
  if (isRecord(value)) {
    const along = isRecord(tangent) ? tangent : {};
    return Object.entries(value).flatMap(([key, item]) => leaves(item, along[key]));
  }
  return [];
}
