import { LocalAwsError } from "../gateway/local-aws-error.ts";

/** An event pattern uses a comparison that is not served here, or is none. */
export class EventPatternError extends LocalAwsError {
  constructor(path: string, problem: string) {
    super("EventPattern", `Event pattern, ${path}: ${problem}`);
  }
}

/** Tells whether an event matches. */
export type EventMatcher = (event: unknown) => boolean;

type Test = (value: unknown) => boolean;
type Unknowns = Readonly<Record<string, unknown>>;

/**
 * Compiles an EventBridge event pattern. Served: exact values, `prefix`, `suffix`, `equals-ignore-case`, `anything-but`
 * (values, `prefix`, `suffix`, `wildcard`, `equals-ignore-case`), `exists`, `numeric`, `wildcard`.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 * @throws {EventPatternError} naming what is not served.
 */
export function compileEventPattern(pattern: unknown): EventMatcher {
  if (!isRecord(pattern)) throw new EventPatternError("at the top", "a pattern must be an object.");
  return compileObject(pattern, "");
}

function compileObject(pattern: Unknowns, path: string): EventMatcher {
  const fields = Object.entries(pattern).map(([name, inner]) => {
    const at = path === "" ? name : `${path}.${name}`;
    if (name.startsWith("$")) throw new EventPatternError(at, `${name} is not served by the embedded EventBridge.`);
    if (Array.isArray(inner)) return { name, test: compileField(inner, at) };
    if (!isRecord(inner)) throw new EventPatternError(at, "a field must hold a list of values or an object.");
    const matchesInner = compileObject(inner, at);
    // An object in a list of the event matches if any of them does.
    return { name, test: (value: unknown) => (Array.isArray(value) ? value.some(matchesInner) : matchesInner(value)) };
  });
  return (event) => {
    const values = isRecord(event) ? event : {};
    return fields.every(({ name, test }) => test(Object.hasOwn(values, name) ? values[name] : undefined));
  };
}

/** One of the alternatives must match; a list in the event is matched by any of its values. */
function compileField(alternatives: readonly unknown[], path: string): Test {
  if (alternatives.length === 0) throw new EventPatternError(path, "the list of values is empty.");
  const tests = alternatives.map((alternative) => compileAlternative(alternative, path));
  return (value) => {
    const values = Array.isArray(value) && value.length > 0 ? value : [value];
    return tests.some((test) => values.some(test));
  };
}

function compileAlternative(alternative: unknown, path: string): Test {
  if (!isRecord(alternative)) return (value) => value === alternative && value !== undefined;
  const [entry, more] = Object.entries(alternative);
  if (!entry || more) throw new EventPatternError(path, "a comparison must name exactly one operator.");
  const [operator, operand] = entry;
  if (operator === "exists") return (value) => (value !== undefined) === Boolean(operand);
  if (operator === "numeric") return numeric(operand, path);
  if (operator === "anything-but") return anythingBut(operand, path);
  return textTest(operator, operand, path);
}

function textTest(operator: string, operand: unknown, path: string): Test {
  const test =
    (matches: (text: string) => boolean): Test =>
    (value) =>
      typeof value === "string" && matches(value);
  if ((operator === "prefix" || operator === "suffix") && isRecord(operand)) {
    const part = text(operand["equals-ignore-case"], `${path}.${operator}`).toLowerCase();
    return test((value) =>
      operator === "prefix" ? value.toLowerCase().startsWith(part) : value.toLowerCase().endsWith(part),
    );
  }
  switch (operator) {
    case "prefix": {
      const prefix = text(operand, path);
      return test((value) => value.startsWith(prefix));
    }
    case "suffix": {
      const suffix = text(operand, path);
      return test((value) => value.endsWith(suffix));
    }
    case "equals-ignore-case": {
      const lower = text(operand, path).toLowerCase();
      return test((value) => value.toLowerCase() === lower);
    }
    case "wildcard":
      return test(wildcard(text(operand, path), path));
    default:
      throw new EventPatternError(path, `the operator ${operator} is not served by the embedded EventBridge.`);
  }
}

function anythingBut(operand: unknown, path: string): Test {
  if (isRecord(operand)) {
    const [entry, more] = Object.entries(operand);
    if (!entry || more) throw new EventPatternError(path, "anything-but must name exactly one operator.");
    const operands = Array.isArray(entry[1]) ? entry[1] : [entry[1]];
    const tests = operands.map((single) => textTest(entry[0], single, path));
    return (value) => value !== undefined && !tests.some((test) => test(value));
  }
  const values: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
  return (value) => value !== undefined && !values.includes(value);
}

function numeric(operand: unknown, path: string): Test {
  if (!Array.isArray(operand) || operand.length === 0 || operand.length % 2 !== 0) {
    throw new EventPatternError(path, "numeric needs a list of comparisons and numbers.");
  }
  const comparisons: ((value: number) => boolean)[] = [];
  for (let index = 0; index < operand.length; index += 2) {
    const [comparison, bound]: readonly unknown[] = operand.slice(index, index + 2);
    if (typeof bound !== "number") throw new EventPatternError(path, "numeric compares with numbers.");
    if (comparison === "=") comparisons.push((value) => value === bound);
    else if (comparison === "<") comparisons.push((value) => value < bound);
    else if (comparison === "<=") comparisons.push((value) => value <= bound);
    else if (comparison === ">") comparisons.push((value) => value > bound);
    else if (comparison === ">=") comparisons.push((value) => value >= bound);
    else throw new EventPatternError(path, `numeric has no comparison ${String(comparison).slice(0, 20)}.`);
  }
  return (value) => typeof value === "number" && comparisons.every((matches) => matches(value));
}

/** `*` matches any text, also none; a backslash takes the meaning from `*` and from itself. Linear in the text. */
function wildcard(pattern: string, path: string): (value: string) => boolean {
  const parts: string[] = [];
  let part = "";
  for (let index = 0; index < pattern.length; index += 1) {
    const character = pattern[index];
    if (character === "*") {
      if (pattern[index + 1] === "*") throw new EventPatternError(path, "a wildcard may not hold two * in a row.");
      parts.push(part);
      part = "";
      continue;
    }
    if (character === "\\") {
      index += 1;
      if (pattern[index] !== "*" && pattern[index] !== "\\") {
        throw new EventPatternError(path, "in a wildcard, a backslash must stand before * or a backslash.");
      }
    }
    part += pattern[index] ?? "";
  }
  const [first, ...rest] = parts;
  const last = part;
  if (first === undefined) return (value) => value === last;
  return (value) => {
    if (!value.startsWith(first) || !value.endsWith(last) || value.length < first.length + last.length) return false;
    const end = value.length - last.length;
    let at = first.length;
    for (const middle of rest) {
      const found = value.indexOf(middle, at);
      if (found < 0 || found + middle.length > end) return false;
      at = found + middle.length;
    }
    return true;
  };
}

function text(value: unknown, path: string): string {
  if (typeof value === "string") return value;
  throw new EventPatternError(path, "this comparison needs a text.");
}

function isRecord(value: unknown): value is Unknowns {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
