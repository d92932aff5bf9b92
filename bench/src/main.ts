import { cpus, totalmem } from "node:os";
import { type Finding, print } from "./measure.ts";

const BENCHES: Readonly<Record<string, () => Promise<() => Promise<Finding[]>>>> = {
  "safe-point": async () => (await import("./safe-point.ts")).safePoint,
  "import-size": async () => (await import("./import-size.ts")).importSize,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in BENCHES));
if (unknown.length > 0 || wanted.includes("--help")) {
  process.stderr.write(`usage: npm run bench -- [NAME ...]\nnames: ${Object.keys(BENCHES).join(", ")}\n`);
  process.exit(2);
}
const [cpu] = cpus();
process.stdout.write(
  `Node ${process.versions.node}, ${cpus().length} x ${cpu?.model ?? "unknown"}, ${Math.round(totalmem() / 2 ** 30)} GB\n\n`,
);
for (const name of wanted.length > 0 ? wanted : Object.keys(BENCHES)) {
  process.stdout.write(`${name}\n`);
  const bench = await BENCHES[name]?.();
  print((await bench?.()) ?? []);
  process.stdout.write("\n");
}
