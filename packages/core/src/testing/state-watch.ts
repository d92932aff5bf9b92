import { StateError } from "../errors.ts";
import { toJson } from "../state/json.ts";

/** A fault of a yielded state. */
export interface StateFault {
  /** `cannot-travel`: JSON does not carry it. `changed`: the work changed it after yielding it. */
  readonly kind: "cannot-travel" | "changed";
  /** Which value, and how. */
  readonly detail: string;
}

/** Looks at the states that one hop yields. */
export class StateWatch {
  #state: unknown;
  /** The state as JSON, as it was yielded. */
  #text: string | undefined;

  /** A state was yielded; answers with what keeps it from travelling, if anything does. */
  yielded(state: unknown): StateFault | undefined {
    this.#state = state;
    this.#text = undefined;
    try {
      const text = toJson(state);
      if (typeof state === "object" && state !== null) this.#text = text;
      return undefined;
    } catch (error) {
      if (error instanceof StateError) return { kind: "cannot-travel", detail: error.message };
      throw error;
    }
  }

  /** The change of the state that the work yielded last; reported once. */
  changed(): StateFault | undefined {
    if (this.#text === undefined || this.#text === JSON.stringify(this.#state)) return undefined;
    const detail = difference(JSON.parse(this.#text), this.#state, "state");
    this.#text = undefined;
    return { kind: "changed", detail };
  }
}

/** The first place where two values differ, and how. */
function difference(before: unknown, now: unknown, path: string): string {
  if (isObject(before) && isObject(now)) {
    for (const name of new Set([...Object.keys(before), ...Object.keys(now)])) {
      if (JSON.stringify(before[name]) === JSON.stringify(now[name])) continue;
      return difference(before[name], now[name], Array.isArray(now) ? `${path}[${name}]` : `${path}.${name}`);
    }
  }
  return `${path} was ${short(before)} when it was yielded, and is ${short(now)} now`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
