/**
 * Workers that share the engine's memory. Each has an instance of the module and a box in memory: it spins on the box for a while, then sleeps until a call is
 * put there. The thread that kernels are called from takes a share itself and spins until the others are done; it never sleeps, which a browser's main
 * thread must not.
 */

/** Calls handed to the workers. */
export interface Team {
  /** Workers that are up: they start on their own, and calls before that run on one thread. */
  ready(): number;
  /** Hands a call of the module to worker `index`; `address` is where its random numbers are found, when it needs any. */
  give(index: number, name: string, args: readonly number[], address: readonly number[] | undefined): void;
  /** Returns when worker `index` has done what it was given. @throws Error when it failed */
  await(index: number): void;
  /** Ends all workers. */
  stop(): void;
}

/** Numbers in a box: turn, turn that is done, whether its worker is up, the function, how many arguments, whether an address is with them, whether it failed. */
const TURN = 0;
const DONE = 1;
const READY = 2;
const FUNCTION = 3;
const COUNT = 4;
const ADDRESS = 5;
const FAILED = 6;

/** Bytes of a box: 16 integers, 32 doubles. */
export const BOX = 64 + 256;

/** The place of an address among the doubles. */
const ADDRESS_AT = 24;

/** What a worker runs. */
const PROGRAM = `
const work = async ({ module, memory, box, scratch }) => {
  const { exports } = await WebAssembly.instantiate(module, { env: { memory, abort() { throw new Error("The engine has stopped."); } } });
  const names = Object.keys(exports);
  const head = new Int32Array(memory.buffer, box, 16);
  const numbers = new Float64Array(memory.buffer, box + 64, 32);
  exports.useScratch(scratch);
  let turn = 0;
  Atomics.store(head, ${READY}, 1);
  for (;;) {
    for (let spins = 0; Atomics.load(head, ${TURN}) === turn; spins++) if (spins > 50000) Atomics.wait(head, ${TURN}, turn);
    turn = Atomics.load(head, ${TURN});
    if (head[${FUNCTION}] < 0) return;
    if (head[${ADDRESS}] === 1) exports.address(...numbers.subarray(${ADDRESS_AT}, ${ADDRESS_AT} + 5));
    try {
      exports[names[head[${FUNCTION}]]](...numbers.subarray(0, head[${COUNT}]));
    } catch {
      head[${FAILED}] = 1;
    }
    Atomics.store(head, ${DONE}, turn);
  }
};
if (typeof WorkerGlobalScope === "undefined") work(require("node:worker_threads").workerData);
else self.onmessage = ({ data }) => work(data);
`;

interface Host {
  readonly process?: { getBuiltinModule?(name: string): unknown };
  readonly Worker?: new (url: string) => { postMessage(data: unknown): void; terminate(): void };
  readonly Blob?: new (parts: readonly string[], options: { type: string }) => object;
  readonly URL?: { createObjectURL(blob: object): string; revokeObjectURL(url: string): void };
}

interface NodeThreads {
  readonly Worker: new (
    source: string,
    options: object,
  ) => { unref(): void; terminate(): unknown; on(event: string, listener: () => void): unknown };
}

interface Start {
  readonly module: object;
  readonly memory: object;
  readonly box: number;
  readonly scratch: number;
}

/** Starts a worker; returns how to end it, or undefined where the host has none. */
function startWorker(start: Start): (() => void) | undefined {
  const everything: object = globalThis;
  const host: Host = everything;
  const threads = host.process?.getBuiltinModule?.("node:worker_threads") as NodeThreads | undefined;
  if (threads !== undefined) {
    const worker = new threads.Worker(PROGRAM, { eval: true, workerData: start, execArgv: [] });
    // A worker must keep no process alive.
    worker.unref();
    return () => void worker.terminate();
  }
  const { Worker, Blob, URL } = host;
  if (Worker === undefined || Blob === undefined || URL === undefined) return undefined;
  const url = URL.createObjectURL(new Blob([PROGRAM], { type: "text/javascript" }));
  const worker = new Worker(url);
  worker.postMessage(start);
  return () => {
    worker.terminate();
    URL.revokeObjectURL(url);
  };
}

/**
 * Starts `count` workers.
 * @param names the module's exports in order
 * @param boxes where the boxes lie, `BOX` bytes each
 * @param scratch where the workers' scratch memory lies, `scratchSize` bytes each
 * @returns undefined where the host has no workers
 */
export function startTeam(
  module: object,
  memory: { readonly buffer: ArrayBuffer },
  names: readonly string[],
  count: number,
  boxes: number,
  scratch: number,
  scratchSize: number,
): Team | undefined {
  const ends: (() => void)[] = [];
  const heads: Int32Array[] = [];
  const numbers: Float64Array[] = [];
  const turns: number[] = [];
  for (let i = 0; i < count; i++) {
    const box = boxes + i * BOX;
    heads.push(new Int32Array(memory.buffer, box, 16));
    numbers.push(new Float64Array(memory.buffer, box + 64, 32));
    turns.push(0);
    const end = startWorker({ module, memory, box, scratch: scratch + i * scratchSize });
    if (end === undefined) return undefined;
    ends.push(end);
  }
  const functions = new Map(names.map((name, i) => [name, i]));
  let up = 0;
  const put = (index: number, code: number) => {
    const head = heads[index] as Int32Array;
    head[FUNCTION] = code;
    const turn = (turns[index] as number) + 1;
    turns[index] = turn;
    Atomics.store(head, TURN, turn);
    Atomics.notify(head, TURN);
  };
  return {
    ready() {
      while (up < count && Atomics.load(heads[up] as Int32Array, READY) === 1) up++;
      return up;
    },
    give(index, name, args, address) {
      const head = heads[index] as Int32Array;
      const to = numbers[index] as Float64Array;
      for (let i = 0; i < args.length; i++) to[i] = args[i] as number;
      head[COUNT] = args.length;
      head[ADDRESS] = address === undefined ? 0 : 1;
      if (address !== undefined) to.set(address, ADDRESS_AT);
      put(index, functions.get(name) as number);
    },
    await(index) {
      const head = heads[index] as Int32Array;
      while (Atomics.load(head, DONE) !== turns[index]);
      if (head[FAILED] === 0) return;
      head[FAILED] = 0;
      throw new Error("The engine has stopped in a worker.");
    },
    stop() {
      for (let i = 0; i < count; i++) put(i, -1);
      for (const end of ends) end();
    },
  };
}
