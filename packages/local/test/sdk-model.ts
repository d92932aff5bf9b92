/** The shape of an input, read from the schemas that an SDK client exports. */
export type SdkShape =
  | { readonly kind: "simple" }
  | { readonly kind: "structure"; readonly members: readonly SdkMember[] }
  | { readonly kind: "map"; readonly of: SdkShape }
  /** Items stand in elements of this name. */
  | { readonly kind: "list"; readonly of: SdkShape; readonly itemName: string };

/** One member of a structure. */
export interface SdkMember {
  readonly name: string;
  readonly shape: SdkShape;
  /** e.g. `x-amz-acl`, in lower case; undefined for what does not travel in a header. */
  readonly header: string | undefined;
  readonly prefixHeaders: string | undefined;
  readonly query: string | undefined;
  /** It travels in the path, or is the host. */
  readonly isLabel: boolean;
  readonly isPayload: boolean;
  /** Items of a list stand side by side, without an element around them. */
  readonly isFlattened: boolean;
  /** Name of its element or field on the wire, where it differs from its own. */
  readonly wireName: string;
}

/** An operation as an SDK client knows it. */
export interface SdkOperation {
  readonly name: string;
  readonly method: string;
  /** e.g. `/{Key+}?x-id=PutObject`. */
  readonly path: string;
  readonly input: readonly SdkMember[];
}

const [LIST, MAP, STRUCTURE, UNION] = [1, 2, 3, 4];
const HTTP_LABEL = 1;

/** @param client - the module of an SDK client. @param name - of an operation, e.g. `PutObject`. */
export function sdkOperation(client: object, name: string): SdkOperation {
  const operation: unknown = Reflect.get(client, `${name}$`);
  if (!Array.isArray(operation)) throw new Error(`The client has no operation ${name}.`);
  const [, , , traits, input] = operation as unknown[];
  const [method = "POST", path = "/"] = listOf(fieldOf(traits, "http")).map(String);
  const shape = shapeOf(input, []);
  return { name, method, path, input: shape.kind === "structure" ? shape.members : [] };
}

function shapeOf(schema: unknown, outer: readonly unknown[]): SdkShape {
  const resolved: unknown = typeof schema === "function" ? schema() : schema;
  if (resolved === 64) return { kind: "list", of: { kind: "simple" }, itemName: "member" };
  if (resolved === 128) return { kind: "map", of: { kind: "simple" } };
  // A structure that holds itself, as DynamoDB's attribute values do, is followed once.
  if (!Array.isArray(resolved) || outer.includes(resolved)) return { kind: "simple" };
  const inside = [...outer, resolved];
  const [id, , , , first, second] = resolved as unknown[];
  if (id === LIST) {
    const { shape, wireName } = memberOf("member", first, inside);
    return { kind: "list", of: shape, itemName: wireName };
  }
  if (id === MAP) return { kind: "map", of: memberOf("", second, inside).shape };
  if (id !== STRUCTURE && id !== UNION) return { kind: "simple" };
  const schemas = listOf(second);
  return {
    kind: "structure",
    members: listOf(first).map((name, index) => memberOf(String(name), schemas[index], inside)),
  };
}

function memberOf(name: string, reference: unknown, outer: readonly unknown[]): SdkMember {
  const [schema, traits] = isReferenceWithTraits(reference) ? reference : [reference, undefined];
  const text = (trait: string) => {
    const value = fieldOf(traits, trait);
    return typeof value === "string" ? value : undefined;
  };
  return {
    name,
    shape: shapeOf(schema, outer),
    header: text("httpHeader")?.toLowerCase(),
    prefixHeaders: text("httpPrefixHeaders")?.toLowerCase(),
    query: text("httpQuery"),
    isLabel: typeof traits === "number" ? (traits & HTTP_LABEL) !== 0 : fieldOf(traits, "httpLabel") !== undefined,
    isFlattened: fieldOf(traits, "xmlFlattened") !== undefined,
    isPayload: traits === 16 || fieldOf(traits, "httpPayload") !== undefined,
    wireName: text("xmlName") ?? text("jsonName") ?? name,
  };
}

/** A schema's own tuples begin with a number; a reference with traits begins with a function, a number and then traits. */
function isReferenceWithTraits(reference: unknown): reference is [unknown, unknown] {
  return Array.isArray(reference) && reference.length === 2;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
