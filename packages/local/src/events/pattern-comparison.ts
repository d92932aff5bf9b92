import { EventPatternError } from "./event-pattern-error.ts";
import { compileIpRange } from "./ip-range.ts";
import { compileWildcard } from "./wildcard.ts";

/** A value of an event that is neither object nor list. */
export type Leaf = string | number | boolean | null;

/** Tells whether a value fulfils a comparison. */
export type Comparison = (leaf: Leaf) => boolean;

/** Throws an {@link EventPatternError} for a reason. */
type Refuse = (reason: string) => never;

/** Comparisons of texts, by their operators. */
const TEXT_COMPARISONS: Readonly<Record<string, (operand: string, refuse: Refuse) => (text: string) => boolean>> = {
  prefix: (part) => (text) => text.startsWith(part),
  suffix: (part) => (text) => text.endsWith(part),
  "equals-ignore-case": (same) => (text) => text.toLowerCase() === same.toLowerCase(),
  wildcard: compileWildcard,
  cidr: compileIpRange,
};

/** Parts of a text that may be compared without regard to case. */
const PARTS: readonly string[] = ["prefix", "suffix"];

/**
 * Compiles a match expression of a pattern, such as `{ "prefix": "in/" }`. `exists` is not among them: it is about the field.
 *
 * @throws {EventPatternError} for what EventBridge refuses.
 */
export function compileComparison(operator: string, operand: unknown, path: readonly string[]): Comparison {
  const refuse: Refuse = (reason) => {
    throw new EventPatternError(path, reason);
  };
  if (operator === "numeric") return numeric(operand, refuse);
  if (operator === "anything-but") return anythingBut(operand, refuse);
  if (PARTS.includes(operator) && isRecord(operand)) return partIgnoringCase(operator, operand, refuse);
  return ofText(operator, operand, refuse, `${operator} match pattern must be a string`);
}

function ofText(operator: string, operand: unknown, refuse: Refuse, unlessText: string): Comparison {
  const compile = Object.hasOwn(TEXT_COMPARISONS, operator) ? TEXT_COMPARISONS[operator] : undefined;
  if (!compile) return refuse(`Unrecognized match type ${operator}`);
  const holds = compile(typeof operand === "string" ? operand : refuse(unlessText), refuse);
  return (leaf) => typeof leaf === "string" && holds(leaf);
}

function partIgnoringCase(operator: string, operand: Readonly<Record<string, unknown>>, refuse: Refuse): Comparison {
  const [inner, part] = onlyEntry(operand, refuse);
  if (inner !== "equals-ignore-case") return refuse(`Unsupported ${operator} pattern: ${inner}`);
  const lower = typeof part === "string" ? part.toLowerCase() : refuse(`${operator} match pattern must be a string`);
  const holds = TEXT_COMPARISONS[operator]?.(lower, refuse);
  return (leaf) => typeof leaf === "string" && holds?.(leaf.toLowerCase()) === true;
}

const ANYTHING_BUT = "Value of anything-but must be an array or single string/number value.";

function anythingBut(operand: unknown, refuse: Refuse): Comparison {
  if (isRecord(operand)) return anythingButText(operand, refuse);
  if (!Array.isArray(operand)) {
    if (typeof operand !== "string" && typeof operand !== "number") refuse(ANYTHING_BUT);
    return (leaf) => leaf !== operand;
  }
  const kinds = new Set(operand.map((value) => typeof value));
  const isKnown = [...kinds].every((kind) => kind === "string" || kind === "number");
  if (!isKnown) refuse("Inside anything but list, start|null|boolean is not supported.");
  if (kinds.size !== 1) {
    refuse("Inside anything but list, either all values are number or string, mixed type is not supported");
  }
  const values: readonly unknown[] = operand;
  return (leaf) => !values.includes(leaf);
}

/** Anything but texts of a kind: `{ "anything-but": { "prefix": ["in/", "tmp/"] } }`. */
function anythingButText(operand: Readonly<Record<string, unknown>>, refuse: Refuse): Comparison {
  const [operator, given] = onlyEntry(operand, refuse);
  if (!["prefix", "suffix", "wildcard", "equals-ignore-case"].includes(operator)) {
    refuse(`Unsupported anything-but pattern: ${operator}`);
  }
  const isPart = PARTS.includes(operator);
  if (isPart && isRecord(given)) refuse(ANYTHING_BUT);
  const texts: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (texts.length === 0) refuse("Empty arrays are not allowed");
  const unlessText = isPart
    ? "prefix/suffix match pattern must be a string"
    : operator === "wildcard"
      ? "wildcard match pattern must be a string"
      : "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.";
  if (isPart && texts.includes("")) refuse("Null prefix/suffix not allowed");
  const comparisons = texts.map((text) => ofText(operator, text, refuse, unlessText));
  return (leaf) => !comparisons.some((holds) => holds(leaf));
}

function numeric(operand: unknown, refuse: Refuse): Comparison {
  if (!Array.isArray(operand)) return refuse("Value of numeric must be an array.");
  const [first, bound, second, top, ...more]: readonly unknown[] = operand;
  const number = (value: unknown, operator: string): number =>
    typeof value === "number" ? value : refuse(`Value of ${operator} must be numeric`);
  if (typeof first !== "string") return refuse(`Invalid member in numeric match: ${JSON.stringify(first) ?? ""}`);
  switch (first) {
    case "=":
    case "<":
    case "<=": {
      const value = number(bound, first === "=" ? "equals" : first);
      if (operand.length > 2) refuse("Too many elements in numeric expression");
      return ofNumber(first === "=" ? (n) => n === value : first === "<" ? (n) => n < value : (n) => n <= value);
    }
    case ">":
    case ">=": {
      const bottom = number(bound, first);
      const isAbove = first === ">" ? (n: number) => n > bottom : (n: number) => n >= bottom;
      if (operand.length === 2) return ofNumber(isAbove);
      if (typeof second !== "string") return refuse(`Bad value in numeric range: ${JSON.stringify(second)}`);
      if (second !== "<" && second !== "<=") return refuse(`Bad numeric range operator: ${second}`);
      const most = number(top, second);
      if (more.length > 0) refuse("Too many terms in numeric range expression");
      if (bottom >= most) refuse("Bottom must be less than top");
      return ofNumber((n) => isAbove(n) && (second === "<" ? n < most : n <= most));
    }
    default:
      return refuse(`Unrecognized numeric range operator: ${first}`);
  }
}

const ofNumber =
  (holds: (value: number) => boolean): Comparison =>
  (leaf) =>
    typeof leaf === "number" && holds(leaf);

/** The only entry of a match expression. */
export function onlyEntry(expression: Readonly<Record<string, unknown>>, refuse: Refuse): readonly [string, unknown] {
  const [entry, more] = Object.entries(expression);
  if (!entry) return refuse("Match expression name not found");
  if (more) refuse("Only one key allowed in match expression");
  return entry;
}

/** Whether a value is an object, and no list. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
