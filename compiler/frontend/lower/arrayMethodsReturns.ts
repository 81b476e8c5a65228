/** What becomes of the `return`s of a callback that is written into a loop: an outcome, and a jump to the next element. */

import type { Block, Expression, Jump, Statement } from "../../ir/types.ts";
import { constant } from "./arrayMethodsParts.ts";
import { type Context, collect } from "./context.ts";

/** What is done with a value that is returned. */
export type Take = (value: Expression, jump: (kind: Jump["kind"]) => Statement) => void;

export interface Position {
  /** Nothing of the callback follows. */
  readonly last: boolean;
  /** Inside of a loop, or a switch, of the callback's own. */
  readonly inLoop: boolean;
  readonly inSwitch: boolean;
}

/** Statements with each `return` in them replaced. */
export function withoutReturns(cx: Context, block: Block, at: Position, take: Take, label: () => string): Block {
  const made: Statement[] = [];
  const inner = (body: Block, more: Partial<Position> = {}): Block =>
    withoutReturns(cx, body, { ...at, last: false, ...more }, take, label);
  for (const [i, statement] of block.entries()) {
    if (!mentionsReturn(statement)) {
      made.push(statement);
      continue;
    }
    const last = at.last && block.slice(i + 1).every(isFunction);
    switch (statement.kind) {
      case "return": {
        const jump = (kind: Jump["kind"]): Statement => {
          const far = at.inLoop || (kind === "break" && at.inSwitch);
          return { kind, ...(far && { label: label() }), ...(statement.span && { span: statement.span }) };
        };
        made.push(...collect(cx, () => take(statement.value ?? constant(undefined), jump)));
        if (!last && !leaves(made.at(-1))) made.push(jump("continue"));
        return [...made, ...block.slice(i + 1).filter(isFunction)];
      }
      case "source":
        made.push({
          ...statement,
          origin: { ...statement.origin, rewritten: true },
          body: inner(statement.body, { last }),
        });
        if (ends(statement.body)) return [...made, ...block.slice(i + 1).filter(isFunction)];
        break;
      case "block":
        made.push({ ...statement, body: inner(statement.body, { last }) });
        break;
      case "if":
        made.push({
          ...statement,
          then: inner(statement.then, { last }),
          ...(statement.else !== undefined && { else: inner(statement.else, { last }) }),
        });
        break;
      case "loop":
      case "forOf":
      case "forIn":
        made.push({ ...statement, body: inner(statement.body, { inLoop: true, inSwitch: false }) });
        break;
      case "switch":
        made.push({
          ...statement,
          cases: statement.cases.map((clause) => ({ ...clause, body: inner(clause.body, { inSwitch: true }) })),
        });
        break;
      case "labelled": {
        const [body = statement.body] = inner([statement.body], { inLoop: true });
        made.push({ ...statement, body });
        break;
      }
      case "try":
        made.push({
          ...statement,
          block: inner(statement.block),
          ...(statement.handler !== undefined && { handler: inner(statement.handler) }),
        });
        break;
      default:
        made.push(statement);
    }
  }
  return made;
}

const isFunction = (statement: Statement): boolean =>
  statement.kind === "declareFunction" || (statement.kind === "source" && statement.body.every(isFunction));

const leaves = (statement: Statement | undefined): boolean =>
  statement?.kind === "break" || statement?.kind === "continue";

const ends = (block: Block): boolean => block.at(-1)?.kind === "return";

/** Whether a statement returns, functions in it left aside. */
function mentionsReturn(statement: Statement): boolean {
  switch (statement.kind) {
    case "return":
      return true;
    case "source":
    case "block":
    case "forOf":
    case "forIn":
    case "loop":
      return statement.body.some(mentionsReturn);
    case "labelled":
      return mentionsReturn(statement.body);
    case "if":
      return statement.then.some(mentionsReturn) || statement.else?.some(mentionsReturn) === true;
    case "switch":
      return statement.cases.some((clause) => clause.body.some(mentionsReturn));
    case "try":
      return [statement.block, statement.handler ?? [], statement.finalizer ?? []].some((one) =>
        one.some(mentionsReturn),
      );
    default:
      return false;
  }
}

/** Whether the end of a body may be reached. */
export function completes(block: Block): boolean {
  const last = block.filter((statement) => !isFunction(statement)).at(-1);
  if (last === undefined) return true;
  switch (last.kind) {
    case "return":
    case "throw":
      return false;
    case "source":
    case "block":
      return completes(last.body);
    case "if":
      return last.else === undefined || completes(last.then) || completes(last.else);
    case "switch":
      return last.cases.every((clause) => clause.test !== undefined) || completes(last.cases.at(-1)?.body ?? []);
    case "try":
      return completes(last.block) || (last.handler !== undefined && completes(last.handler));
    case "loop":
      return last.test !== undefined;
    default:
      return true;
  }
}
