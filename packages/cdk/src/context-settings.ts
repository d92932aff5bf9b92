import { RemovalPolicy } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { SettingError } from "./errors.ts";

/** Props of which those that are `undefined` are left out. */
export type GivenProps<Props> = { readonly [Name in keyof Props]?: Exclude<Props[Name], undefined> };

/**
 * Reads a stack's settings from CDK context, whose values are text on the command line (`cdk deploy -c depth=3`) and JSON
 * in `cdk.json`; both are taken. A value that is not set is `undefined`, and {@link ContextSettings.given} leaves it out,
 * so that the stack's default holds.
 *
 * @example
 * ```ts
 * const settings = new ContextSettings((name) => app.node.tryGetContext(name));
 * new ImportStack(app, "Import", ContextSettings.given({
 *   timeout: settings.number("timeoutSeconds", Duration.seconds),
 *   mode: settings.oneOf("mode", ["parallel", "serial"]),
 *   removalPolicy: settings.removalPolicy("data"),
 * }));
 * ```
 */
export class ContextSettings {
  readonly #context: (name: string) => unknown;

  /** @param context Answers a context value, or `undefined` if it is not set. */
  constructor(context: (name: string) => unknown) {
    this.#context = context;
  }

  /** The settings of a construct's context. */
  static of(scope: Construct): ContextSettings {
    return new ContextSettings((name) => scope.node.tryGetContext(name));
  }

  /** The props that are set: one that is passed on as `undefined` could hide a default. */
  static given<Props extends object>(props: Props): GivenProps<Props> {
    return Object.fromEntries(Object.entries(props).filter(([, value]) => value !== undefined)) as GivenProps<Props>;
  }

  /**
   * A whole number above 0, in the unit that the name carries.
   *
   * @throws {@link SettingError} if it is anything else.
   */
  number(name: string): number | undefined;
  /**
   * The same, made into an amount with its unit.
   *
   * @throws {@link SettingError} if it is no whole number above 0.
   */
  number<Amount>(name: string, unit: (amount: number) => Amount): Amount | undefined;
  number<Amount>(name: string, unit?: (amount: number) => Amount): number | Amount | undefined {
    const value = this.#context(name);
    if (value === undefined) return undefined;
    const amount = wholeNumber(name, value);
    return unit ? unit(amount) : amount;
  }

  /**
   * Whole numbers above 0: text with commas in between, or a JSON array.
   *
   * @throws {@link SettingError} if one of them is anything else.
   */
  numbers(name: string): readonly number[] | undefined {
    const value = this.#context(name);
    if (value === undefined) return undefined;
    const parts: readonly unknown[] = typeof value === "string" ? value.split(",") : [value].flat();
    return parts.map((part) => wholeNumber(name, part));
  }

  /**
   * Names: text with commas in between, or a JSON array. White space around them is dropped.
   *
   * @throws {@link SettingError} if there are none, or one is empty or no text.
   */
  names(name: string): readonly string[] | undefined {
    const value = this.#context(name);
    if (value === undefined) return undefined;
    const names: readonly unknown[] = Array.isArray(value) ? value : String(value).split(",");
    const trimmed = names.map((each) => (typeof each === "string" ? each.trim() : ""));
    if (trimmed.length > 0 && !trimmed.includes("")) return trimmed;
    throw new SettingError(name, `must be names with commas in between; it is ${JSON.stringify(value)}.`);
  }

  /**
   * One of some words.
   *
   * @throws {@link SettingError} if it is anything else; the message names the words.
   */
  oneOf<const Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    const value = this.#context(name);
    return value === undefined ? undefined : wordOf(name, value, words);
  }

  /**
   * Some of some words, written as {@link ContextSettings.names} are.
   *
   * @throws {@link SettingError} if there are none, or one is anything else; the message names the words.
   */
  someOf<const Word extends string>(name: string, words: readonly Word[]): readonly Word[] | undefined {
    return this.names(name)?.map((value) => wordOf(name, value, words));
  }

  /**
   * Reads the fate of stored data when the stack is deleted: `keep` is `RETAIN`, `delete` is `DESTROY`.
   *
   * @throws {@link SettingError} if it is anything else.
   */
  removalPolicy(name: string): RemovalPolicy | undefined {
    const word = this.oneOf(name, ["keep", "delete"]);
    if (word === undefined) return undefined;
    return word === "keep" ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
  }
}

function wholeNumber(name: string, value: unknown): number {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof number === "number" && Number.isSafeInteger(number) && number > 0) return number;
  throw new SettingError(name, `must be a whole number above 0; it is ${JSON.stringify(value)}.`);
}

function wordOf<Word extends string>(name: string, value: unknown, words: readonly Word[]): Word {
  const word = words.find((each) => each === value);
  if (word !== undefined) return word;
  throw new SettingError(name, `must be ${words.join(" or ")}; it is ${JSON.stringify(value)}.`);
}
