import { errorPage } from "@longhaul/core/errors";

/** A prop that cannot work on AWS Lambda or that contradicts another. Thrown while the app is synthesized, before anything is deployed. */
export class InvalidPropError extends Error {
  /** Stable name of the cause; compare this, not the message. */
  readonly code = "INVALID_PROP";
  /** Address of the page that says what happened, why, and what to do. */
  readonly helpUrl = errorPage(this.code);
  /** Path of the construct, as in `S3Batch/Worker`. */
  readonly construct: string;
  /** Name of the prop. */
  readonly prop: string;

  constructor(construct: string, prop: string, message: string) {
    super(`${construct}: ${prop} ${message}`);
    this.name = "InvalidPropError";
    this.construct = construct;
    this.prop = prop;
  }
}

/** The handler's file could not be bundled: it is missing, does not compile, or imports what is not installed. */
export class BundleError extends Error {
  /** Stable name of the cause; compare this, not the message. */
  readonly code = "BUNDLE";
  /** Address of the page that says what happened, why, and what to do. */
  readonly helpUrl = errorPage(this.code);
  /** The file that was to be bundled. */
  readonly entry: string;

  constructor(entry: string, message: string, options?: { readonly cause?: unknown }) {
    super(`${entry}: ${message}`, options);
    this.name = "BundleError";
    this.entry = entry;
  }
}

/** A CDK context value (`cdk deploy -c name=value`) that cannot be used. Thrown before the stack is made. */
export class SettingError extends Error {
  /** Stable name of the cause; compare this, not the message. */
  readonly code = "SETTING";
  /** Address of the page that says what happened, why, and what to do. */
  readonly helpUrl = errorPage(this.code);
  /** Name of the context value. */
  readonly setting: string;

  /**
   * @param setting Name of the context value.
   * @param message The fault, as the rest of a sentence that begins with the name: `must be ...`.
   */
  constructor(setting: string, message: string) {
    super(`The setting ${setting} ${message} Pass it as: cdk deploy -c ${setting}=VALUE`);
    this.name = "SettingError";
    this.setting = setting;
  }
}
