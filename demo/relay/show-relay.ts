import { existsSync } from "node:fs";
import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";
import { screenOn } from "../../packages/cli/src/terminal.ts";
import { type RelayHop, runRelay } from "../../parity/relay/run-relay.ts";

const KEYS = 400;
/** The virtual environment that `npm run test:peers` makes. */
const ENVIRONMENT = fileURLToPath(new URL("../../.venv/bin", import.meta.url));

/**
 * Shows one walk that changes its language at each hop: two deployed functions, one in Python and one in TypeScript.
 *
 * @returns the exit code
 */
export async function showRelay({ isJson }: { readonly isJson: boolean }): Promise<number> {
  if (existsSync(ENVIRONMENT)) process.env.PATH = `${ENVIRONMENT}${delimiter}${process.env.PATH}`;
  const screen = isJson ? undefined : screenOn(process.stdout);
  screen?.line(`${screen.paint.bold("relay")}  ${KEYS} objects; needs a Python with boto3 on the PATH`);
  screen?.status("starting the embedded AWS and deploying both functions ...");
  const keys = Array.from({ length: KEYS }, (_, at) => `key-${String(at).padStart(3, "0")}`);
  const { hops, reported } = await runRelay({
    keys,
    first: "Python",
    onHop: (hop) => screen?.line(`${hop.language.padEnd(12)}${textOf(hop)}`),
  });
  const isWhole = reported.length === KEYS && new Set(reported).size === KEYS;
  const isOk = isWhole && hops.at(-1)?.answer.status === "done";
  const languages = hops.map(({ language }) => language);
  if (isJson) process.stdout.write(`${JSON.stringify({ isOk, hops: languages, reported: reported.length })}\n`);
  const message = `${hops.length} hops, ${reported.length} keys reported, ${isWhole ? "each once" : "not each once"}`;
  screen?.line(isOk ? screen.paint.green(`✓ ${message}`) : screen.paint.red(`✗ ${message}`));
  return isOk ? 0 : 1;
}

function textOf({ answer, error }: RelayHop): string {
  return error ?? `${answer.status}${answer.result === undefined ? "" : `  ${JSON.stringify(answer.result)}`}`;
}
