import { TemplateError } from "./deployment-error.ts";
import { isJsonObject, type Json, type JsonObject, objectOrEmpty } from "./json.ts";

/** Where intrinsic functions find what they name. */
export interface Scope {
  /** Value of `Ref`: a parameter, a pseudo parameter or the physical id of a resource; `undefined` if there is none. */
  ref(name: string): Json | undefined;
  /** Value of `Fn::GetAtt`; `undefined` if there is none. */
  attribute(logicalId: string, name: string): Json | undefined;
  /** Value of a condition; `undefined` if there is none. */
  condition(name: string): boolean | undefined;
  /** Value of `Fn::FindInMap`. */
  mapping(map: string, first: string, second: string): Json | undefined;
  /** Value another stack exports; `undefined` if none does. */
  importValue(name: string): Json | undefined;
}

/** The value of `Ref: AWS::NoValue`: the property counts as absent. */
const noValue = Symbol("AWS::NoValue");
type Resolved = Json | typeof noValue;

/**
 * Replaces every intrinsic function in a value.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 * @param path - the place of the value, for messages.
 * @returns the plain value; `undefined` if it is `AWS::NoValue`.
 * @throws {TemplateError} naming the place of a function that cannot be evaluated.
 */
export function resolve(value: Json, scope: Scope, path: string): Json | undefined {
  const resolved = evaluate(value, scope, path);
  return resolved === noValue ? undefined : resolved;
}

/** Evaluates a condition of the template's `Conditions` section. */
export function evaluateCondition(value: Json, scope: Scope, path: string): boolean {
  const result = evaluate(value, scope, path);
  if (result === true || result === "true") return true;
  if (result === false || result === "false") return false;
  throw new TemplateError(path, "this is no condition.");
}

/** The intrinsic that an object is, if it is one. */
export function intrinsicIn(value: JsonObject): readonly [name: string, argument: Json] | undefined {
  const [entry, more] = Object.entries(value);
  if (!entry || more) return undefined;
  const isIntrinsic = entry[0] === "Ref" || entry[0] === "Condition" || entry[0].startsWith("Fn::");
  return isIntrinsic ? entry : undefined;
}

/** The parts of a `Fn::Sub` text: literal text, and `${Name}` or `${Name.Attribute}` with `${!Literal}` undone. */
export function substitutionsIn(text: string): readonly { readonly literal?: string; readonly name?: string }[] {
  const parts: { literal?: string; name?: string }[] = [];
  let end = 0;
  for (const match of text.matchAll(/\$\{(!?)([^}]*)\}/g)) {
    if (match.index > end) parts.push({ literal: text.slice(end, match.index) });
    parts.push(match[1] ? { literal: `\${${match[2]}}` } : { name: match[2]!.trim() });
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push({ literal: text.slice(end) });
  return parts;
}

function evaluate(value: Json, scope: Scope, path: string): Resolved {
  if (Array.isArray(value)) {
    const items = value.map((item, index) => evaluate(item, scope, `${path}[${index}]`));
    return items.filter((item): item is Json => item !== noValue);
  }
  if (!isJsonObject(value)) return value;
  const intrinsic = intrinsicIn(value);
  if (intrinsic) return call(intrinsic[0], intrinsic[1], scope, path);
  const entries = Object.entries(value).map(([key, child]) => [key, evaluate(child, scope, `${path}.${key}`)] as const);
  return Object.fromEntries(entries.filter((entry): entry is [string, Json] => entry[1] !== noValue));
}

function call(name: string, argument: Json, scope: Scope, path: string): Resolved {
  const at = `${path}.${name}`;
  const known = functions[name];
  // `Condition` is a function only inside conditions; elsewhere (IAM statements) it is a property like any other.
  if (name === "Condition" && typeof argument !== "string") {
    const inner = evaluate(argument, scope, at);
    return inner === noValue ? {} : { Condition: inner };
  }
  if (!known) throw new TemplateError(at, `the function ${name} is not supported.`);
  return known(argument, scope, at);
}

type Intrinsic = (argument: Json, scope: Scope, path: string) => Resolved;

const functions: Readonly<Record<string, Intrinsic>> = {
  Ref(argument, scope, path) {
    const name = literalText(argument, path);
    if (name === "AWS::NoValue") return noValue;
    return found(scope.ref(name), path, `there is no parameter or resource ${name}.`);
  },
  "Fn::GetAtt"(argument, scope, path) {
    const parts = typeof argument === "string" ? splitOnce(argument) : list(argument, path);
    const logicalId = literalText(parts[0] ?? null, path);
    const name = plainText(parts[1] ?? null, scope, path);
    return found(scope.attribute(logicalId, name), path, `there is no attribute ${name} of ${logicalId}.`);
  },
  "Fn::Sub"(argument, scope, path) {
    const [template, variables = {}] = typeof argument === "string" ? [argument] : list(argument, path);
    const own = objectOrEmpty(variables);
    const parts = substitutionsIn(literalText(template ?? null, path));
    return parts
      .map(({ literal, name }) => {
        if (name === undefined) return literal ?? "";
        const variable = Object.hasOwn(own, name) ? own[name] : undefined;
        if (variable !== undefined) return plainText(variable, scope, path);
        const call: JsonObject = name.includes(".") ? { "Fn::GetAtt": name } : { Ref: name };
        return plainText(call, scope, path);
      })
      .join("");
  },
  "Fn::Join"(argument, scope, path) {
    const [separator, items] = list(argument, path);
    const values = list(plain(items ?? null, scope, path), path);
    return values.map((item) => plainText(item, scope, path)).join(literalText(separator ?? null, path));
  },
  "Fn::Select"(argument, scope, path) {
    const [index, items] = list(argument, path);
    const number = Number(plainText(index ?? null, scope, path));
    const values = list(plain(items ?? null, scope, path), path);
    return found(values[number], path, `there is no item ${number} in a list of ${values.length}.`);
  },
  "Fn::Split"(argument, scope, path) {
    const [separator, text] = list(argument, path);
    return plainText(text ?? null, scope, path).split(literalText(separator ?? null, path));
  },
  "Fn::If"(argument, scope, path) {
    const [name, yes, no] = list(argument, path);
    const branch = conditionNamed(literalText(name ?? null, path), scope, path) ? yes : no;
    if (branch === undefined) throw new TemplateError(path, "Fn::If needs a condition and two values.");
    return evaluate(branch, scope, path);
  },
  "Fn::Equals"(argument, scope, path) {
    const [left, right] = list(argument, path).map((item) => plain(item, scope, path));
    const comparable = (value: Json | undefined) => JSON.stringify(typeof value === "object" ? value : String(value));
    return comparable(left) === comparable(right);
  },
  "Fn::And": (argument, scope, path) => list(argument, path).every((item) => evaluateCondition(item, scope, path)),
  "Fn::Or": (argument, scope, path) => list(argument, path).some((item) => evaluateCondition(item, scope, path)),
  "Fn::Not": (argument, scope, path) => !evaluateCondition(list(argument, path)[0] ?? null, scope, path),
  Condition: (argument, scope, path) => conditionNamed(literalText(argument, path), scope, path),
  "Fn::FindInMap"(argument, scope, path) {
    const keys = list(argument, path).slice(0, 3);
    const [map = "", first = "", second = ""] = keys.map((key) => plainText(key, scope, path));
    return found(scope.mapping(map, first, second), path, `there is no ${map}.${first}.${second} in the mappings.`);
  },
  "Fn::ImportValue"(argument, scope, path) {
    const name = plainText(argument, scope, path);
    return found(scope.importValue(name), path, `no stack deployed before this one exports ${name}.`);
  },
  "Fn::Base64": (argument, scope, path) => Buffer.from(plainText(argument, scope, path)).toString("base64"),
  "Fn::GetAZs": (_argument, scope, path) => {
    const region = plainText({ Ref: "AWS::Region" }, scope, path);
    return ["a", "b", "c"].map((zone) => `${region}${zone}`);
  },
};

function conditionNamed(name: string, scope: Scope, path: string): boolean {
  const value = scope.condition(name);
  if (value === undefined) throw new TemplateError(path, `there is no condition ${name}.`);
  return value;
}

function splitOnce(text: string): readonly string[] {
  const dot = text.indexOf(".");
  return dot < 0 ? [text] : [text.slice(0, dot), text.slice(dot + 1)];
}

function plain(value: Json, scope: Scope, path: string): Json {
  const result = evaluate(value, scope, path);
  return result === noValue ? "" : result;
}

function plainText(value: Json, scope: Scope, path: string): string {
  const result = plain(value, scope, path);
  if (typeof result === "string") return result;
  if (typeof result === "number" || typeof result === "boolean") return String(result);
  throw new TemplateError(path, "this must come to a text.");
}

function literalText(value: Json, path: string): string {
  if (typeof value === "string") return value;
  throw new TemplateError(path, "this must be a literal text.");
}

function list(value: Json, path: string): readonly Json[] {
  if (Array.isArray(value)) return value;
  throw new TemplateError(path, "this must be a list.");
}

function found(value: Json | undefined, path: string, problem: string): Json {
  if (value === undefined) throw new TemplateError(path, problem);
  return value;
}
