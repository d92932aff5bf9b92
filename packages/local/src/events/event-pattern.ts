import { EventPatternError } from "./event-pattern-error.ts";
import { type Comparison, compileComparison, isRecord, type Leaf, onlyEntry } from "./pattern-comparison.ts";

/** Tells whether an event matches. */
export type EventMatcher = (event: unknown) => boolean;

/** A part of a pattern, to be held against the same part of an event. */
interface Condition {
  /** Whether a value of the event, or `undefined`, fulfils it. */
  holds(value: unknown): boolean;
  /** Whether it holds because nothing is there. */
  holdsByAbsence(value: unknown): boolean;
}

/**
 * Compiles an EventBridge event pattern: exact values, `prefix`, `suffix`, `equals-ignore-case`, `wildcard`, `anything-but`,
 * `numeric`, `exists`, `cidr`, and `$or`. A name with dots is a path. Values of one object in a list have to match together.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 * @throws {EventPatternError} for what EventBridge refuses, with its reason and the place.
 */
export function compileEventPattern(pattern: unknown): EventMatcher {
  if (!isRecord(pattern)) throw new EventPatternError([], "Filter is not an object");
  const condition = compileObject(pattern, []);
  return (event) => condition.holds(event);
}

function compileObject(pattern: Readonly<Record<string, unknown>>, path: readonly string[]): Condition {
  const entries = Object.entries(pattern);
  if (entries.length === 0 && path.length > 0) throw new EventPatternError(path, "Empty objects are not allowed");
  return ofOneObject(
    entries.map(([name, inner]) => {
      if (name === "$or") return compileOr(inner, path);
      const field = compileField(name, inner, [...path, name]);
      return name.split(".").reduceRight(within, field);
    }),
  );
}

function compileField(name: string, inner: unknown, path: readonly string[]): Condition {
  if (Array.isArray(inner)) return compileLeaf(inner, path);
  if (!isRecord(inner)) throw new EventPatternError(path, `"${name}" must be an object or an array`);
  return compileObject(inner, path);
}

/** Names that are operators, and therefore no fields of an alternative of `$or`. */
const RESERVED: ReadonlySet<string> = new Set([
  ...["exactly", "prefix", "suffix", "equals-ignore-case", "wildcard"],
  ...["anything-but", "numeric", "exists", "cidr"],
]);

function compileOr(alternatives: unknown, path: readonly string[]): Condition {
  const refuse = (reason: string): never => {
    throw new EventPatternError([...path, "$or"], reason);
  };
  if (!Array.isArray(alternatives)) return refuse("It must be an Array followed with $or.");
  const conditions = alternatives.map((alternative, at) => {
    if (!isRecord(alternative)) return refuse("Only JSON object is allowed in array of $or relationship.");
    const reserved = Object.keys(alternative).find((name) => RESERVED.has(name));
    if (reserved) refuse(`${reserved} is Ruler reserved fieldName which cannot be used inside $or.`);
    return compileObject(alternative, [...path, `$or[${at}]`]);
  });
  if (conditions.length < 2) refuse("There must have at least 2 Objects in $or relationship.");
  return {
    holds: (value) => conditions.some((condition) => condition.holds(value)),
    holdsByAbsence: (value) => conditions.some((condition) => condition.holdsByAbsence(value)),
  };
}

/**
 * The conditions for fields of an object, all of which one object has to fulfil. Of a list, one of its objects is enough; but
 * what nothing but absence fulfils has to be absent from all of them.
 */
function ofOneObject(conditions: readonly Condition[]): Condition {
  const allHold = (value: unknown) => conditions.every((condition) => condition.holds(value));
  const allAbsent = (value: unknown) => conditions.every((condition) => condition.holdsByAbsence(value));
  return {
    holds(value) {
      const objects = objectsOf(value);
      return objects.some((object) => allHold(object) && !allAbsent(object)) || objects.every(allAbsent);
    },
    holdsByAbsence: (value) => objectsOf(value).every(allAbsent),
  };
}

/** A condition for the field of an object. */
function within(condition: Condition, name: string): Condition {
  const fieldOf = (value: unknown) => (isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined);
  return ofOneObject([
    {
      holds: (value) => condition.holds(fieldOf(value)),
      holdsByAbsence: (value) => condition.holdsByAbsence(fieldOf(value)),
    },
  ]);
}

/** The object itself, or those of a list, however nested. Where there is none, all fields are absent. */
function objectsOf(value: unknown): Readonly<Record<string, unknown>>[] {
  const values: unknown[] = Array.isArray(value) ? value.flat(Number.POSITIVE_INFINITY) : [value];
  const objects = values.filter(isRecord);
  return objects.length === 0 ? [{}] : objects;
}

function compileLeaf(alternatives: readonly unknown[], path: readonly string[]): Condition {
  if (alternatives.length === 0) throw new EventPatternError(path, "Empty arrays are not allowed");
  const compiled = alternatives.map((alternative) => compileAlternative(alternative, path));
  const comparisons = compiled.filter((each) => each !== ABSENT);
  const mayBeAbsent = compiled.includes(ABSENT);
  const holdsByAbsence = (value: unknown) => mayBeAbsent && leavesOf(value).length === 0;
  return {
    holds: (value) => holdsByAbsence(value) || leavesOf(value).some((leaf) => comparisons.some((holds) => holds(leaf))),
    holdsByAbsence,
  };
}

/** The alternative `{ "exists": false }`. */
const ABSENT: unique symbol = Symbol("absent");

function compileAlternative(alternative: unknown, path: readonly string[]): Comparison | typeof ABSENT {
  const refuse = (reason: string): never => {
    throw new EventPatternError(path, reason);
  };
  if (Array.isArray(alternative)) return refuse("Match value must be String, number, true, false, or null");
  if (!isRecord(alternative)) return (leaf) => leaf === alternative;
  const [operator, operand] = onlyEntry(alternative, refuse);
  if (operator !== "exists") return compileComparison(operator, operand, path);
  if (typeof operand !== "boolean") return refuse("exists match pattern must be either true or false.");
  return operand ? () => true : ABSENT;
}

/** The values of a field: those of a list, however nested; an object has none of its own. */
function leavesOf(value: unknown): Leaf[] {
  const values: unknown[] = Array.isArray(value) ? value.flat(Number.POSITIVE_INFINITY) : [value];
  return values.filter((each): each is Leaf => each !== undefined && !isRecord(each));
}
