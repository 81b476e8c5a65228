/** Sections of numeric code, each of about twenty-five lines: scalars, loops over arrays, objects, calls between them. */
const SECTIONS: readonly ((i: number) => string)[] = [
  (i) => `/** A damped oscillation. */
function oscillation${i}(time: number, rate: number, damping: number): number {
  const omega = Math.sqrt(rate * rate + 0.25);
  const phase = omega * time;
  const envelope = Math.exp(-damping * time);
  if (damping > 4) return envelope;
  let sum = 0;
  for (let k = 1; k <= 5; k++) {
    const share = 1 / (k * k);
    sum += share * Math.sin(k * phase);
  }
  return envelope * sum;
}

function blend${i}(x: number, y: number): number {
  const a = oscillation${i}(x, y, 0.5);
  const b = x * y - a;
  return b > 0 ? Math.log1p(b) : b / (1 + a * a);
}
`,
  (i) => `/** Smooths a signal with a window of three. */
function smooth${i}(signal: Float64Array, width: number): number {
  const smoothed = new Float64Array(signal.length);
  for (let k = 1; k < signal.length - 1; k++) {
    const left = signal[k - 1] as number;
    const right = signal[k + 1] as number;
    const middle = signal[k] as number;
    smoothed[k] = (left + width * middle + right) / (2 + width);
  }
  let energy = 0;
  for (const value of smoothed) energy += value * value;
  return Math.sqrt(energy + 1e-3);
}

function series${i}(x: number): number {
  const signal = new Float64Array(12);
  for (let k = 0; k < signal.length; k++) {
    signal[k] = Math.cos(k * x) / (k + 1);
  }
  return smooth${i}(signal, 1 + x * x);
}
`,
  (i) => `interface Body${i} {
  x: number;
  y: number;
  vx: number;
  vy: number;
}

/** A step of a body around a centre. */
function move${i}(body: Body${i}, pull: number, dt: number): void {
  const r2 = body.x * body.x + body.y * body.y + 0.01;
  const r = Math.sqrt(r2);
  const force = -pull / (r2 * r);
  body.vx += dt * force * body.x;
  body.vy += dt * force * body.y;
  body.x += dt * body.vx;
  body.y += dt * body.vy;
}

function orbit${i}(pull: number): number {
  const body: Body${i} = { x: 1, y: 0, vx: 0, vy: pull };
  for (let k = 0; k < 10; k++) move${i}(body, pull, 0.01);
  return body.x * body.vy - body.y * body.vx;
}
`,
  (i) => `type Pair${i} = readonly [number, number];

function turn${i}(p: Pair${i}, angle: number): Pair${i} {
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  return [c * p[0] - s * p[1], s * p[0] + c * p[1]];
}

/** Follows a spiral for a while. */
function spiral${i}(x: number, y: number): number {
  let p: Pair${i} = [x, y];
  let length = 0;
  for (let k = 0; k < 8; k++) {
    const q = turn${i}(p, 0.1 * x);
    const dx = q[0] - p[0];
    const dy = q[1] - p[1];
    length += Math.hypot(dx, dy);
    p = [0.9 * q[0], 0.9 * q[1]];
  }
  return length;
}
`,
];

const CALLS: readonly ((i: number) => string)[] = [
  (i) => `blend${i}(x, sum)`,
  (i) => `series${i}(x)`,
  (i) => `orbit${i}(1 + 0.1 * x)`,
  (i) => `spiral${i}(x, y)`,
];

/** A program of about as many lines, whose function `total(x, y)` is compiled with everything that it reaches. */
export function program(lines: number): string {
  const sections: string[] = [];
  const calls: string[] = [];
  for (let i = 0, count = 0; count < lines; i++) {
    const kind = i % SECTIONS.length;
    const section = SECTIONS[kind]?.(i) ?? "";
    sections.push(section);
    calls.push(`  sum += ${CALLS[kind]?.(i)};`);
    count += section.split("\n").length + 1;
  }
  // Twenty calls a function, as people write; each of these is called by the last one.
  const parts: string[] = [];
  for (let from = 0; from < calls.length; from += 20) {
    parts.push(
      `function part${from}(x: number, y: number): number {\n  let sum = y;\n${calls.slice(from, from + 20).join("\n")}\n  return sum;\n}\n`,
    );
  }
  const all = parts.map((_, i) => `  sum += part${20 * i}(x, y);`).join("\n");
  return `${sections.join("\n")}\n${parts.join("\n")}\n/** Everything. @fgrad */\nexport function total(x: number, y: number): number {\n  let sum = 0;\n${all}\n  return sum;\n}\n`;
}
