/** A finite number in a field, else `undefined`. */
export function numberIn(fields: Readonly<Record<string, unknown>>, name: string): number | undefined {
  const value = fields[name];
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** A text in a field, else `undefined`. */
export function textIn(fields: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = fields[name];
  return typeof value === "string" ? value : undefined;
}

/** The finite numbers of an object in a field. */
export function countersIn(fields: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, number>> {
  const value = fields[name];
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.keys(value).flatMap((key) => {
      const count = numberIn(value, key);
      return count === undefined ? [] : [[key, count]];
    }),
  );
}

/** Whether a value is an object with fields. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
