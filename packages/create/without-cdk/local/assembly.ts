// Hands resources.json and the built functions to the embedded AWS, for longhaul run, longhaul dev and the tests.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import "./build.ts";

interface Resource {
  readonly Type: string;
  readonly Properties?: { Code?: unknown };
}

const { CDK_OUTDIR: outdir = "build" } = process.env;
const write = (name: string, value: unknown) => writeFile(join(outdir, name), JSON.stringify(value));

const template = JSON.parse(await readFile(new URL("../resources.json", import.meta.url), "utf8"));
const files: Record<string, object> = {};
for (const { Type, Properties } of Object.values<Resource>(template.Resources)) {
  if (Type !== "AWS::Lambda::Function" || typeof Properties?.Code !== "string") continue;
  const path = Properties.Code.replace("build/", "");
  const destination = { bucketName: "code", objectKey: `${path}.zip` };
  Properties.Code = { S3Bucket: destination.bucketName, S3Key: destination.objectKey };
  files[path] = { source: { path, packaging: "zip" }, destinations: { current: destination } };
}
await write("App.template.json", template);
await write("App.assets.json", { version: "48.0.0", files, dockerImages: {} });
const assets = { type: "cdk:asset-manifest", properties: { file: "App.assets.json" } };
const stack = { type: "aws:cloudformation:stack", properties: { templateFile: "App.template.json" } };
await write("manifest.json", {
  version: "48.0.0",
  artifacts: { Assets: assets, App: { ...stack, dependencies: ["Assets"] } },
});
