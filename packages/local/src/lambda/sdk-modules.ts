import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Directories of installed modules among which the SDK is, from the given ones upwards. AWS's Node.js runtimes bring
 * `@aws-sdk/*` and `@smithy/*`, so that functions are bundled without them.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html
 */
export function findSdkDirectories(from: readonly string[]): readonly string[] {
  const found = new Set<string>();
  for (const start of from) {
    for (let directory = start; ; directory = dirname(directory)) {
      const modules = join(directory, "node_modules");
      if (existsSync(join(modules, "@aws-sdk"))) found.add(modules);
      if (dirname(directory) === directory) break;
    }
  }
  return [...found];
}
