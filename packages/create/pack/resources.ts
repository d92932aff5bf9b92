import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

interface Template {
  Parameters?: Record<string, unknown>;
  Rules?: unknown;
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties?: { Code?: unknown } }>>;
  readonly Outputs?: unknown;
}

/** The code of a function that is not bundled. */
const NOT_BUNDLED = { ZipFile: "// not bundled" };

/**
 * Makes the CloudFormation template of an app by its own CDK program. Code is named as the folder that a build makes, in the form
 * of `aws cloudformation package`: `build/handler`, and `build/sweeper` for the function that starts lost hops again.
 */
export async function resourcesOf(appFolder: string): Promise<string> {
  const outdir = await mkdtemp(join(tmpdir(), "longhaul-resources-"));
  try {
    const context = { "aws:cdk:bundling-stacks": [], "aws:cdk:enable-path-metadata": false };
    await promisify(execFile)(process.execPath, ["--import", "@longhaul/cdk/start", "infra/app.ts"], {
      cwd: appFolder,
      env: {
        ...process.env,
        CDK_OUTDIR: outdir,
        CDK_CONTEXT_JSON: JSON.stringify(context),
        CDK_VALIDATION: "false",
        JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION: "1",
      },
    });
    const [file] = (await readdir(outdir)).filter((name) => name.endsWith(".template.json"));
    return plainTemplate(await readFile(join(outdir, file ?? ""), "utf8"));
  } finally {
    await rm(outdir, { recursive: true, force: true });
  }
}

/** A template without what only the command `cdk` understands. */
export function plainTemplate(text: string): string {
  const template: Template = JSON.parse(text);
  const { BootstrapVersion: _bootstrap, ...parameters } = template.Parameters ?? {};
  delete template.Rules;
  if (Object.keys(parameters).length > 0) template.Parameters = parameters;
  else delete template.Parameters;
  for (const [id, { Type, Properties }] of Object.entries(template.Resources)) {
    if (Type !== "AWS::Lambda::Function" || Properties === undefined) continue;
    if (JSON.stringify(Properties.Code) !== JSON.stringify(NOT_BUNDLED)) {
      throw new Error(`The function ${id} has code of its own: ${JSON.stringify(Properties.Code)}.`);
    }
    Properties.Code = id.includes("Sweeper") ? "build/sweeper" : "build/handler";
  }
  return `${JSON.stringify({ AWSTemplateFormatVersion: "2010-09-09", ...template }, null, 2)}\n`;
}
