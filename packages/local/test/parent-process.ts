// A program for process-end.test.ts: starts the embedded AWS with one function that idles frozen and one that hangs, and
// tells their process ids on its first line.
import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startLocalAws, stopOnSignals } from "../src/index.ts";

const aws = await startLocalAws();
stopOnSignals(aws);
const pids: number[] = [];
aws.lambda.on("sandbox.start", ({ pid }) => pids.push(pid));

const codeDirectory = mkdtempSync(join(process.argv[2] ?? "", "code-"));
writeFileSync(
  join(codeDirectory, "index.mjs"),
  "export const handler = (event) => (event.hang ? new Promise(() => setInterval(() => {}, 1000)) : 'ok');",
);
const roleArn = "arn:aws:iam::000000000000:role/r";
for (const name of ["idle", "hangs"]) {
  await aws.lambda.createFunction({ name, codeDirectory, runtime: "nodejs24.x", timeoutSeconds: 600, roleArn });
}
await aws.lambda.invoke({ functionName: "idle" });
const started = new Promise((resolve) => aws.lambda.on("invoke.start", resolve));
void aws.lambda.invoke({ functionName: "hangs", payload: '{"hang":true}' }).catch(() => undefined);
await started;
console.log(JSON.stringify({ pids }));
