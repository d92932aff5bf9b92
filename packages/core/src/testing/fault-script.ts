import { ConfigError } from "../errors.ts";
import type { Faults } from "./faults.ts";

/** One fault of a trial, and where it strikes. */
export interface ScriptedFault {
  /** Name of the fault. */
  readonly fault: keyof Faults;
  /** Which of the occasions for a fault, from 1, counted over the whole trial. */
  readonly at: number;
  /** Whether it goes the other of two ways: an effect that failed has happened, a duplicate comes minutes later. */
  readonly isOther?: boolean;
}

/** Decides in place of chance what goes wrong. */
export interface FaultChooser {
  /** Whether a fault strikes on this occasion. */
  strikes(fault: keyof Faults): boolean;
  /** Which of two ways something goes. */
  coin(): boolean;
}

/** Makes exactly these faults happen, and notes every occasion on which another might have. */
export class FaultScript implements FaultChooser {
  /** The fault that might have struck on each occasion, in order. */
  readonly occasions: (keyof Faults)[] = [];
  /** Whether the last fault has another way to go. */
  hasOtherWay = false;
  #struck = 0;
  /** The fault whose way is not decided yet. */
  #open: ScriptedFault | undefined;
  readonly #possible: ReadonlySet<keyof Faults>;
  readonly #script: readonly ScriptedFault[];

  /**
   * @param possible - the faults whose occasions count
   * @param script - the faults that happen, in the order of their occasions
   */
  constructor(possible: ReadonlySet<keyof Faults>, script: readonly ScriptedFault[]) {
    this.#possible = possible;
    this.#script = script;
  }

  strikes(fault: keyof Faults): boolean {
    if (!this.#possible.has(fault)) return false;
    this.occasions.push(fault);
    const next = this.#script[this.#struck];
    // An occasion of another fault is none of this one's: the script then ends with faults left.
    if (next?.at !== this.occasions.length || next.fault !== fault) return false;
    this.#struck++;
    this.#open = next;
    return true;
  }

  coin(): boolean {
    const fault = this.#open;
    this.#open = undefined;
    if (fault && this.#struck === this.#script.length) this.hasOtherWay = true;
    return fault?.isOther ?? false;
  }

  /** Whether every fault of the script has struck. */
  get isPlayed(): boolean {
    return this.#struck === this.#script.length;
  }
}

/** Writes a script as text, e.g. `crash@17,effectFails@52+`. The `+` is the other of two ways. */
export function formatScript(script: readonly ScriptedFault[]): string {
  return script.map(({ fault, at, isOther }) => `${fault}@${at}${isOther ? "+" : ""}`).join(",");
}

/**
 * Reads what {@link formatScript} wrote.
 *
 * @throws {@link ConfigError} for other text.
 */
export function parseScript(text: string, possible: ReadonlySet<string>): ScriptedFault[] {
  if (text === "") return [];
  const script = text.split(",").map((each) => {
    const [, fault = "", at = "", other] = /^([a-zA-Z]+)@([1-9]\d{0,8})(\+?)$/.exec(each) ?? [];
    if (!possible.has(fault)) {
      throw new ConfigError(
        `"${each}" is no fault of this verification, such as crash@17 or effectFails@52+. Faults: ${[...possible].join(", ")}.`,
      );
    }
    return { fault: fault as keyof Faults, at: Number(at), ...(other && { isOther: true }) };
  });
  if (script.some(({ at }, index) => index > 0 && at <= script[index - 1]!.at)) {
    throw new ConfigError(`The faults of "${text}" must be in the order of their occasions.`);
  }
  return script;
}
