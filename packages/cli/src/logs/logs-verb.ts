import { withAccess } from "../runs/access-options.ts";
import { type Verb, verb } from "../verb.ts";

/** `longhaul logs RUN`: what all hops of a run logged. */
export const logsVerb: Verb = (end) =>
  withAccess(
    verb("logs", {
      summary: "Show what all hops of a run logged, in one stream.",
      description:
        "Shows what all hops of a run logged, in one stream: the time in UTC, the hop, the end of the function instance's name, " +
        "and the line. The run's invocations are found by the events that jsonLogObserver() writes, which the function needs " +
        "among its observers. The lines come from CloudWatch Logs, some seconds after they were written.",
      examples: [
        "longhaul logs charge-2026-11 --function my-function --follow",
        "longhaul logs charge-2026-11 --function my-function --grep 'timeout|refused'",
      ],
    })
      .argument("<run>", "the run's id")
      .option("-f, --follow", "Show new lines until the run is over or paused.")
      .option("--grep <pattern>", "Only lines that match a regular expression.")
      .option("--json", "Print each line as a JSON object.")
      .action(async (run, options) => {
        const { logs } = await import("./logs.ts");
        end(await logs(run, options));
      }),
  );
