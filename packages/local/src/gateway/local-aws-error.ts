import { errorPage } from "../error-page.ts";

/** Base of every error the embedded AWS throws to its user (not those it answers over HTTP). `code` is stable. */
export class LocalAwsError extends Error {
  readonly code: string;
  /** Address of the page that says what happened, why, and what to do. Shown wherever the error is printed. */
  readonly helpUrl: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.helpUrl = errorPage(code);
    this.name = new.target.name;
  }
}
