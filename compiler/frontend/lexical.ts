/** What a name means by where it stands, without types: of `exports` the checker tells several things at once. */

import { ts } from "./project.ts";

/** The symbol that the nearest scope around an identifier declares under its name; nothing for globals. */
export function declaredAround(identifier: ts.Identifier): ts.Symbol | undefined {
  for (let at: ts.Node | undefined = identifier.parent; at !== undefined; at = at.parent) {
    const locals: unknown = Reflect.get(at, "locals");
    const found = locals instanceof Map ? (locals as ts.SymbolTable).get(identifier.escapedText) : undefined;
    if (found !== undefined && isValue(found)) return found;
  }
  return undefined;
}

const isValue = (symbol: ts.Symbol): boolean =>
  (symbol.flags & (ts.SymbolFlags.Value | ts.SymbolFlags.Alias)) !== 0 && symbol.declarations !== undefined;
