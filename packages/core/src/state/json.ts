import { StateError } from "../errors.ts";

/** Anything JSON can carry. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/**
 * Turns a state into JSON text, refusing what JSON would change or lose silently. Properties whose value is `undefined`
 * are left out, as `JSON.stringify` does.
 *
 * @throws {@link StateError} naming the path of the first offending value.
 */
export function toJson(value: unknown, path = "state"): string {
  assertJson(value, path, new Set());
  return JSON.stringify(value);
}

/**
 * Turns a result into JSON text, as Lambda does with what a handler answers: what says how it is written as JSON, such as a
 * `Date`, is written so. What JSON would lose silently is refused as in {@link toJson}.
 *
 * @throws {@link StateError} naming the path of the first offending value.
 */
export function plainJson(value: unknown, path: string): string {
  return toJson(plain(value, path, []), path);
}

function plain(value: unknown, path: string, above: readonly object[]): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (above.includes(value)) throw new StateError(path, "the object contains itself.");
  const here = [...above, value];
  const { toJSON } = value as { readonly toJSON?: unknown };
  if (typeof toJSON === "function") return plain(toJSON.call(value), path, here);
  if (Array.isArray(value)) return value.map((item, i) => plain(item, `${path}[${i}]`, here));
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner, `${path}.${key}`, here)]));
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function assertJson(value: unknown, path: string, above: Set<object>): void {
  if (value === null || typeof value === "string" || typeof value === "boolean") return;
  if (typeof value === "number") {
    if (Number.isFinite(value)) return;
    throw new StateError(path, `${value} is not a JSON number.`);
  }
  if (typeof value !== "object") {
    throw new StateError(path, `a ${typeof value} cannot travel as JSON.`);
  }
  if (above.has(value)) throw new StateError(path, "the object contains itself.");
  above.add(value);
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) assertJson(value[i], `${path}[${i}]`, above);
  } else {
    if (!isPlain(value)) {
      throw new StateError(
        path,
        `a ${value.constructor?.name ?? "class instance"} would not survive JSON; store plain values.`,
      );
    }
    for (const [key, inner] of Object.entries(value)) {
      if (inner !== undefined) assertJson(inner, `${path}.${key}`, above);
    }
  }
  above.delete(value);
}

/** Size of a text in bytes of UTF-8. */
export function utf8Bytes(text: string): number {
  // A browser, where simulations run, has no Buffer.
  return globalThis.Buffer ? Buffer.byteLength(text) : new TextEncoder().encode(text).length;
}

/**
 * Parses JSON that came from outside.
 *
 * @throws {@link StateError} if it is not JSON.
 */
export function fromJson(text: string, path = "state"): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new StateError(path, "is not JSON; it was damaged on the way or written by something else.", { cause });
  }
}
