import { type Fields, isFields } from "./request-fields.ts";

/**
 * The treatment of one input of an operation: a header, a query parameter, a field, an element. The inputs of an
 * operation are one list; whatever is not in it is refused by name, so that nothing is ignored in silence.
 */
export type Input =
  | { readonly kind: "served" }
  /** It changes nothing that can be observed here. */
  | { readonly kind: "harmless"; readonly why: string }
  /** Accepted where it says what holds anyway; any other value is refused. */
  | { readonly kind: "only"; readonly values: readonly string[]; readonly why: string }
  | { readonly kind: "structure"; readonly fields: Inputs }
  | { readonly kind: "list"; readonly of: Input }
  | { readonly kind: "map"; readonly of: Input };

/** Inputs by name. */
export type Inputs = Readonly<Record<string, Input>>;

/** Does what AWS does. */
export const served: Input = { kind: "served" };

/** Accepted, without effect. @param why - why nobody can tell the difference here. */
export const harmless = (why: string): Input => ({ kind: "harmless", why });

/** Accepted with these values alone. Compared as text, without regard to case. @param why - why they change nothing here. */
export const only = (values: readonly (string | number | boolean)[], why: string): Input => ({
  kind: "only",
  values: values.map(String),
  why,
});

/** A structure with its own inputs. */
export const structure = (fields: Inputs): Input => ({ kind: "structure", fields });

/** A list whose items are all of one kind. */
export const list = (of: Input): Input => ({ kind: "list", of });

/** A map of any names. */
export const map = (of: Input): Input => ({ kind: "map", of });

/** Several inputs that are served. */
export function allServed<Name extends string>(...names: readonly Name[]): Record<Name, Input> {
  return Object.fromEntries(names.map((name) => [name, served])) as Record<Name, Input>;
}

/** An input that an operation does not serve. */
export interface UnservedInput {
  /** e.g. `Entries[0].MessageGroupId`. */
  readonly path: string;
  /** e.g. `true`, shortened; only where other values are accepted. */
  readonly value: string | undefined;
  readonly accepted: readonly string[];
}

/**
 * The given fields that the operation does not serve, in their order. A field that is `null` is absent, as in AWS. A value
 * that has another form than its input says is left to its reader.
 */
export function unservedInputs(inputs: Inputs, fields: Fields, path = ""): readonly UnservedInput[] {
  const found: UnservedInput[] = [];
  findIn(inputs, fields, path, found);
  return found;
}

/** The first of {@link unservedInputs}. */
export function unservedInput(inputs: Inputs, fields: Fields, path?: string): UnservedInput | undefined {
  return unservedInputs(inputs, fields, path)[0];
}

/** Every request passes here, so that nothing is made for a field that is served. */
function findIn(inputs: Inputs, fields: Fields, path: string, found: UnservedInput[]): void {
  for (const name of Object.keys(fields)) {
    const value = fields[name];
    if (value === null || value === undefined) continue;
    const input = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
    if (input?.kind === "served" || input?.kind === "harmless") continue;
    const at = path === "" ? name : `${path}.${name}`;
    if (input === undefined) found.push({ path: at.slice(0, 200), value: undefined, accepted: [] });
    else findInValue(input, value, at, found);
  }
}

function findInValue(input: Input, value: unknown, at: string, found: UnservedInput[]): void {
  if (input.kind === "only") {
    const text = typeof value === "object" ? JSON.stringify(value) : String(value);
    const isAccepted = input.values.some((accepted) => accepted.toLowerCase() === text.toLowerCase());
    if (!isAccepted) found.push({ path: at, value: text.slice(0, 100), accepted: input.values });
  } else if (input.kind === "structure") {
    if (isFields(value)) findIn(input.fields, value, at, found);
  } else if (input.kind === "list" && Array.isArray(value)) {
    for (const [index, item] of value.entries()) findInValue(input.of, item, `${at}[${index}]`, found);
  } else if (input.kind === "map" && isFields(value)) {
    for (const [name, item] of Object.entries(value)) findInValue(input.of, item, `${at}.${name}`, found);
  }
}

/**
 * Says what is not served and what to do instead.
 *
 * @param service - as people call it, e.g. `SQS`.
 * @param kind - e.g. `parameter` or `header`.
 */
export function unservedMessage(
  service: string,
  operation: string,
  kind: string,
  { path, value, accepted }: UnservedInput,
): string {
  const subject = `The embedded ${service} does not serve the ${kind} ${path}`;
  if (value === undefined) return `${subject} of ${operation}.`;
  return `${subject} of ${operation} as ${JSON.stringify(value)}, only as ${accepted.map((each) => JSON.stringify(each)).join(" or ")}.`;
}
