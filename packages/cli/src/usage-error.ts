import { errorPage } from "./error-page.ts";

/** The command line cannot be carried out. Printed with a pointer to the help. */
export class UsageError extends Error {
  readonly code = "USAGE";
  readonly helpUrl = errorPage(this.code);
}
