import { confirm } from "../../packages/cli/src/runs/confirm.ts";
import { runLane } from "./lane.ts";
import { LaneUsageError, laneOptions, USAGE } from "./options.ts";

try {
  const options = laneOptions(process.argv.slice(2));
  if (options.isHelp) process.stdout.write(USAGE);
  else process.exitCode = await runLane(options, (question) => confirm(question, options.isYes));
} catch (error) {
  const isUsage = error instanceof LaneUsageError || (error as { readonly code?: unknown }).code === "USAGE";
  process.stderr.write(`${(error as Error).message}\n${isUsage ? "See: npm run test:aws -- --help\n" : ""}`);
  process.exitCode = isUsage ? 2 : 1;
}
