/** Tables of the report. */

/** A table; columns named with a leading "#" hold numbers. Cells are HTML. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const of = (column: number): string => (head[column]?.startsWith("#") === true ? ' class="number"' : "");
  const heads = head.map((name, i) => `<th${of(i)} scope="col">${name.replace(/^#/, "")}</th>`).join("");
  const lines = rows.map((row) => `<tr>${row.map((cell, i) => `<td${of(i)}>${cell}</td>`).join("")}</tr>`);
  return `<div class="scroll"><table><thead><tr>${heads}</tr></thead><tbody>${lines.join("")}</tbody></table></div>`;
}
