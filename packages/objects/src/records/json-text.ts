/**
 * A value as JSON, for writing it. What `JSON.stringify` would write as `null` although it is none is refused: `NaN`,
 * `Infinity`, an invalid date, and `undefined` or a function in a list. Numbers read as {@link NumberText} are written digit
 * for digit. `undefined` if the value is no JSON at all.
 *
 * @throws TypeError that says where.
 */
export function jsonText(value: unknown): string | undefined {
  const json = JSON.stringify(value) as string | undefined;
  // Only a text with a null in it can have lost something.
  const lost = json?.includes("null") ? lostIn(value, "") : undefined;
  if (lost !== undefined) throw new TypeError(`${lost}, which JSON would write as null`);
  return json;
}

function lostIn(value: unknown, path: string): string | undefined {
  const where = path === "" ? "the value" : path;
  if (typeof value === "number") return Number.isFinite(value) ? undefined : `${where} is ${value}`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? `${where} is an invalid date` : undefined;
  if (typeof value !== "object" || value === null) return undefined;
  // What writes itself is looked at as it does.
  if ("toJSON" in value && typeof value.toJSON === "function") return undefined;
  if (!Array.isArray(value)) {
    return firstOf(Object.entries(value), ([key, item]) => lostIn(item, path === "" ? key : `${path}.${key}`));
  }
  return firstOf(value.entries(), ([i, item]: [number, unknown]) => {
    const here = `${path}[${i}]`;
    const isNothing = item === undefined || typeof item === "function" || typeof item === "symbol";
    return isNothing
      ? `${here} is ${typeof item === "undefined" ? "undefined" : `a ${typeof item}`}`
      : lostIn(item, here);
  });
}

function firstOf<Item>(items: Iterable<Item>, find: (item: Item) => string | undefined): string | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
