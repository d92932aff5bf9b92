import type { Input, Inputs } from "../../src/gateway/inputs.ts";
import type { SdkMember, SdkShape } from "../sdk-model.ts";

/** Paths of what AWS's client knows of an operation and a list of inputs does not have. */
export function unservedPaths(members: readonly SdkMember[], inputs: Inputs, at = ""): readonly string[] {
  return members.flatMap(({ name, wireName, shape }) => {
    const input = inputs[name] ?? inputs[wireName];
    const path = `${at}${name}`;
    return input === undefined ? [path] : inside(shape, input, path);
  });
}

function inside(shape: SdkShape, input: Input, at: string): readonly string[] {
  if (shape.kind === "structure") {
    return input.kind === "structure" ? unservedPaths(shape.members, input.fields, `${at}.`) : [];
  }
  if (shape.kind === "list") {
    if (input.kind === "list") return inside(shape.of, input.of, `${at}[]`);
    if (input.kind !== "structure") return [];
    // Lists of XML have an element around each item, or none; those of the query protocol are maps by position.
    const item = input.fields[shape.itemName];
    if (item === undefined) return inside(shape.of, input, `${at}[]`);
    return inside(shape.of, item.kind === "map" ? item.of : item, `${at}[]`);
  }
  return shape.kind === "map" && input.kind === "map" ? inside(shape.of, input.of, `${at}.*`) : [];
}

/** An input that is accepted without effect, or with some values alone. */
export interface Restricted {
  readonly path: string;
  /** The values that are accepted; none if any is. */
  readonly values: readonly string[];
  readonly why: string;
}

/** Inputs that a list accepts without effect, or with some values alone. */
export function restrictedInputs(inputs: Inputs, at = ""): readonly Restricted[] {
  return Object.entries(inputs).flatMap(([name, input]) => restrictedIn(input, `${at}${name}`));
}

function restrictedIn(input: Input, path: string): readonly Restricted[] {
  switch (input.kind) {
    case "harmless":
      return [{ path, values: [], why: input.why }];
    case "only":
      return [{ path, values: input.values, why: input.why }];
    case "structure":
      return restrictedInputs(input.fields, `${path}.`);
    case "list":
      return restrictedIn(input.of, `${path}[]`);
    case "map":
      // Its keys are positions in lists of the query protocol.
      return restrictedIn(input.of, path.endsWith(".member") ? path : `${path}.*`);
    case "served":
      return [];
  }
}

/** Names of a list's inputs that have an effect, wholly or in part. */
export function servedNames(inputs: Inputs): readonly string[] {
  return Object.entries(inputs)
    .filter(([, input]) => input.kind !== "harmless" && input.kind !== "only")
    .map(([name]) => name);
}
