/** Started by lambda-orphans.test.ts, to be killed: an embedded Lambda with a frozen and two busy sandboxes. */
import { openTestbed } from "./lambda-testbed.ts";

const bed = await openTestbed();
const frozen = await bed.deploy("export const handler = async () => 1;");
const spinning = await bed.deploy("export const handler = async () => { for (;;); };", { timeoutSeconds: 60 });
// One that leaves the group is found on Linux only.
const spawning = await bed.deploy(
  `import { spawn } from "node:child_process";
   const start = (detached) =>
     spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore", detached }).pid;
   export const handler = async () => {
     console.log("grandchildren " + start(false) + " " + start(process.platform === "linux"));
     await new Promise((done) => setTimeout(done, 60000));
   };`,
  { timeoutSeconds: 60 },
);
const pids: number[] = [];
bed.lambda.on("sandbox.start", ({ pid }) => pids.push(pid));
bed.lambda.on("log", ({ message }) => {
  const grandchildren = /^grandchildren (\d+) (\d+)$/.exec(message)?.slice(1) ?? [];
  if (grandchildren.length > 0)
    process.stdout.write(`${JSON.stringify({ pids: [...pids, ...grandchildren.map(Number)] })}\n`);
});
await bed.lambda.invoke({ functionName: frozen });
void bed.lambda.invoke({ functionName: spinning });
void bed.lambda.invoke({ functionName: spawning });
