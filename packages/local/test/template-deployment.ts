import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Deployment, DeployOptions } from "../src/cloudformation/deployment.ts";
import type { LocalAws } from "../src/local-aws.ts";

/** Templates by the name of their stack, in the order of their deployment. */
export type Templates = Readonly<Record<string, object>>;

/** Deploys templates as `cdk synth` writes them; the asset `code.zip` is a file of that name in the directory. */
export async function deployTemplates(
  aws: Pick<LocalAws, "deploy">,
  directory: string,
  templates: Templates,
  options: DeployOptions = {},
): Promise<Deployment> {
  const names = Object.keys(templates);
  const stacks = names.map((name, index) => [
    name,
    {
      type: "aws:cloudformation:stack",
      properties: { templateFile: `${name}.json` },
      dependencies: names.slice(0, index),
    },
  ]);
  const assets = { type: "cdk:asset-manifest", properties: { file: "assets.json" } };
  const files = { zip: { source: { path: "code.zip" }, destinations: { here: { objectKey: "code.zip" } } } };
  await writeFile(join(directory, "assets.json"), JSON.stringify({ files }));
  await writeFile(
    join(directory, "manifest.json"),
    JSON.stringify({ artifacts: { ...Object.fromEntries(stacks), assets } }),
  );
  for (const [name, template] of Object.entries(templates)) {
    await writeFile(join(directory, `${name}.json`), JSON.stringify(template));
  }
  return aws.deploy(directory, options);
}
