import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { LocalAwsError } from "../gateway/local-aws-error.ts";

/** Logical ids of the two functions of an app, as `functionOverrides` of a deployment names them. */
export interface FunctionIds {
  /** The one that the stack's output `FunctionName` names. */
  readonly worker: string;
  /** The other one, which comes with the run table. */
  readonly sweeper: string;
}

/** A stack has not the two functions that are looked for. */
export class FunctionIdsError extends LocalAwsError {
  constructor(stack: string, found: readonly string[]) {
    super(
      "FunctionIds",
      `The stack ${stack} should have two functions, one of them named by its output FunctionName; it has: ${found.join(", ") || "none"}.`,
    );
  }
}

/**
 * Finds an app's worker and sweeper in a cloud assembly, to deploy them with other settings.
 *
 * @throws {@link FunctionIdsError} if the stack has not these two.
 * @throws the error of the file system if the assembly has no such stack.
 *
 * @example
 * ```ts
 * const { worker } = await functionIdsOf("cdk.out", "Import");
 * await aws.deploy("cdk.out", { functionOverrides: { [worker]: { timeoutSeconds: 2 } } });
 * ```
 */
export async function functionIdsOf(assembly: string, stack: string): Promise<FunctionIds> {
  const { Outputs, Resources } = JSON.parse(await readFile(join(assembly, `${stack}.template.json`), "utf8")) as {
    Outputs?: Readonly<Record<string, { readonly Value: { readonly Ref?: string } }>>;
    Resources: Readonly<Record<string, { readonly Type: string }>>;
  };
  const ids = Object.keys(Resources).filter((id) => Resources[id]?.Type === "AWS::Lambda::Function");
  const worker = Outputs?.FunctionName?.Value.Ref;
  const [sweeper, ...more] = ids.filter((id) => id !== worker);
  if (worker === undefined || !ids.includes(worker) || sweeper === undefined || more.length > 0) {
    throw new FunctionIdsError(stack, ids);
  }
  return { worker, sweeper };
}
