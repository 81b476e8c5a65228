/** Shadows of a module's variables: declared beside these, or in one with them where both are made by a function. */

import { initialId } from "../frontend/moduleVariables.ts";
import { carries } from "../passes/activity/values.ts";
import type { EmitInput } from "./emit.ts";
import type { ModulePlan } from "./plan.ts";

export interface Shadows {
  readonly edits: readonly { readonly start: number; readonly end: number; readonly text: string }[];
  /** Names to be exported that are not where they are declared. */
  readonly exported: readonly string[];
}

export function shadowsOf(
  input: EmitInput,
  module: ModulePlan,
  words: ReadonlySet<string>,
  javascript: boolean,
): Shadows {
  const edits: { start: number; end: number; text: string }[] = [];
  const exported: string[] = [];
  for (const { global, names, exported: leaves } of module.shadows.values()) {
    const { id, name, span, scalar } = global.variable;
    const declared = input.declared(id);
    if (declared === undefined || !carries(global.value)) continue;
    const made = module.generated.find((one) => one.instance.form.id === initialId(id) && input.forms.has(one));
    if (!names.some((one) => words.has(one)) && !leaves) continue;
    const type = (text: string): string => (javascript ? "" : `: ${text}`);
    if (made !== undefined) {
      const types = [declared.typeText, ...names.map(() => "any")].join(", ");
      const text = `[${[name, ...names].join(", ")}]${type(`[${types}]`)} = ${made.name}()`;
      edits.push({ start: span.start, end: span.end, text });
      if (leaves && !declared.exported) exported.push(...names);
      continue;
    }
    const list = names.map((one) => (scalar ? `${one} = 0` : `${one}${type("any")}`)).join(", ");
    edits.push({ start: declared.behind, end: declared.behind, text: `\nlet ${list};` });
    if (leaves) exported.push(...names);
  }
  return { edits, exported };
}
