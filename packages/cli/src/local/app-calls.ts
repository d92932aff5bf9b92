import type { AppConfig } from "@longhaul/local";

/** A function of an app's configuration. */
export type AppFunction = "startEvent" | "verify" | "results";

/** The first message of an app's host. */
export interface AppDescription {
  /** Whether the file has a default export. */
  readonly isThere: boolean;
  /** All of the configuration that is no function, not checked yet. */
  readonly fields: Partial<Omit<AppConfig, AppFunction>>;
  readonly can: Readonly<Record<AppFunction, boolean>>;
}

/** A call of one of its functions. */
export interface AppCall {
  readonly id: number;
  readonly name: AppFunction;
  readonly argument: unknown;
}

/** The answer to a call. */
export type AppAnswer = { readonly id: number } & (
  | { readonly value: unknown }
  | { readonly error: { readonly message: string; readonly stack: string } }
);
