import { errorPage } from "../error-page.ts";

/** A verb needs `@longhaul/local`, and it is not installed. */
export class LocalMissingError extends Error {
  readonly code = "LOCAL_MISSING";
  readonly helpUrl = errorPage(this.code);
  constructor(options?: ErrorOptions) {
    super(
      "This runs on the embedded AWS, which is a package of its own. Install it: npm install --save-dev @longhaul/local",
      options,
    );
  }
}

/**
 * Loads a module that imports `@longhaul/local`. Only verbs that run locally do, so the others work without it.
 *
 * @throws {@link LocalMissingError} if the package is not installed.
 */
export async function withLocal<Module>(load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    if (isMissing(error)) throw new LocalMissingError({ cause: error });
    throw error;
  }
}

/** https://nodejs.org/api/errors.html#err_module_not_found */
function isMissing(error: unknown): boolean {
  return (
    error instanceof Error &&
    "code" in error &&
    error.code === "ERR_MODULE_NOT_FOUND" &&
    error.message.includes("'@longhaul/local'")
  );
}
