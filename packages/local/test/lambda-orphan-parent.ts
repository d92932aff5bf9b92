/** Started by lambda-orphans.test.ts, to be killed: an embedded Lambda with a frozen and two busy sandboxes. */
import { openTestbed } from "./lambda-testbed.ts";

const bed = await openTestbed();
const frozen = await bed.deploy("export const handler = async () => 1;");
const spinning = await bed.deploy("export const handler = async () => { for (;;); };", { timeoutSeconds: 60 });
const spawning = await bed.deploy(
  `import { spawn } from "node:child_process";
   export const handler = async () => {
     const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
     console.log("grandchild " + child.pid);
     await new Promise(() => {});
   };`,
  { timeoutSeconds: 60 },
);
const pids: number[] = [];
bed.lambda.on("sandbox.start", ({ pid }) => pids.push(pid));
bed.lambda.on("log", ({ message }) => {
  const grandchild = /^grandchild (\d+)$/.exec(message)?.[1];
  if (grandchild) process.stdout.write(`${JSON.stringify({ pids: [...pids, Number(grandchild)] })}\n`);
});
await bed.lambda.invoke({ functionName: frozen });
void bed.lambda.invoke({ functionName: spinning });
void bed.lambda.invoke({ functionName: spawning });
