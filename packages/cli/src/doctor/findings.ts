import type { FunctionFacts, TableFacts } from "./function-facts.ts";

/** A check of a setting, and its result. */
export interface Finding {
  /** `error`: runs end, or are lost. `warning`: they may be, or it costs more than it has to. */
  readonly level: "ok" | "warning" | "error";
  /** Stable name of what was looked at. */
  readonly check: string;
  /** The setting as it is. */
  readonly message: string;
  /** A step that mends it. */
  readonly mend?: string;
}

type Check = (facts: FunctionFacts) => Omit<Finding, "check">;

const ok = (message: string) => ({ level: "ok" as const, message });
const warning = (message: string, mend: string) => ({ level: "warning" as const, message, mend });
const error = (message: string, mend: string) => ({ level: "error" as const, message, mend });

/** Node.js versions that `@longhaul/core` runs on. */
const RUNTIMES = ["nodejs22.x", "nodejs24.x"];
/** Time below which most of an invocation is start and hand-off. */
const SHORT_TIMEOUT_S = 30;

const CHECKS: Readonly<Record<string, Check>> = {
  state: ({ state }) =>
    state === "Active" ? ok("It can be invoked.") : error(`It cannot be invoked: ${state}.`, "Deploy it again."),
  runtime: ({ runtime }) =>
    RUNTIMES.includes(runtime)
      ? ok(`Its runtime is ${runtime}.`)
      : error(`Its runtime is ${runtime}.`, `@longhaul/core needs one of ${RUNTIMES.join(", ")}.`),
  throttled: ({ reservedConcurrency, functionName }) =>
    reservedConcurrency === 0
      ? error("Its reserved concurrency is 0: every invocation is refused.", `longhaul revive ${functionName}`)
      : ok(
          reservedConcurrency === undefined ? "No concurrency is reserved." : `${reservedConcurrency} hops at a time.`,
        ),
  "loop detection": ({ recursiveLoop, variables }) => {
    const isTold = variables.LONGHAUL_RECURSIVE_LOOP === "Allow";
    if (recursiveLoop !== "Allow") {
      return error(
        `RecursiveLoop is ${recursiveLoop}: Lambda ends a run after about 16 hops.`,
        "Set RecursiveLoop to Allow, and the variable LONGHAUL_RECURSIVE_LOOP=Allow.",
      );
    }
    return isTold
      ? ok("Loop detection is off, and the handler knows.")
      : warning(
          "Loop detection is off, but the handler does not know: it ends a run before hop 16.",
          "Set the variable LONGHAUL_RECURSIVE_LOOP=Allow.",
        );
  },
  timeout: ({ timeoutSeconds }) =>
    timeoutSeconds >= SHORT_TIMEOUT_S
      ? ok(`A hop may take ${timeoutSeconds} s.`)
      : warning(
          `A hop may take ${timeoutSeconds} s: much of it is start and hand-off.`,
          "Set the timeout to 900 s, unless steps need less.",
        ),
  retries: ({ retryAttempts, maxEventAgeSeconds }) => {
    if (retryAttempts < 2) {
      return warning(
        `Lambda tries a failed hop ${retryAttempts === 0 ? "not" : "once"} again.`,
        "Set MaximumRetryAttempts to 2.",
      );
    }
    return maxEventAgeSeconds < 21_600
      ? warning(
          `An event waits ${maxEventAgeSeconds} s at most: a longer throttle ends a run.`,
          "Set MaximumEventAgeInSeconds to 21600.",
        )
      : ok("Lambda tries a failed hop twice again, and keeps an event for six hours.");
  },
  failures: ({ onFailure }) =>
    onFailure === undefined
      ? warning(
          "An event that fails permanently is dropped, with the state to continue from.",
          "Set an on-failure destination.",
        )
      : ok(`Events that fail permanently go to ${onFailure}.`),
  "run table": ({ table }) => {
    if (!table) {
      return warning(
        "It names no run table: what is sent twice runs twice, and what is lost stays lost.",
        "Give it a RunTable, and a store.",
      );
    }
    if (!table.exists)
      return error(`There is no table ${table.tableName}.`, "Create it, or correct LONGHAUL_RUN_TABLE.");
    return shapeOf(table);
  },
  sweeper: ({ table }) => {
    if (!table?.exists) return ok("No table, no sweeper.");
    const [first] = table.sweepers;
    return first === undefined
      ? error(
          `Nothing sweeps ${table.tableName}: a run whose event is lost never continues.`,
          "Deploy a sweeper on a schedule (@longhaul/core/sweeper, or RunTable).",
        )
      : ok(`${first} sweeps the table.`);
  },
};

function shapeOf({ tableName, partitionKey, indexes, ttl }: TableFacts): Omit<Finding, "check"> {
  if (partitionKey !== "run") {
    return error(
      `The key of ${tableName} is ${partitionKey}, not run.`,
      "Create the table as docs/constructs.md says.",
    );
  }
  const missing = ["live", "status"].filter((index) => !indexes.includes(index));
  if (missing.length > 0) {
    return error(
      `${tableName} has no index ${missing.join(" and ")}: sweeps and lists cannot work.`,
      "Add it: keys only, as docs/constructs.md says.",
    );
  }
  return ttl === "ttl"
    ? ok(`${tableName} has its key, indexes and expiry.`)
    : warning(`The records of ${tableName} never expire.`, "Set its time to live to the attribute ttl.");
}

/** Looks at the settings of a function, in the order in which they matter. */
export function findingsOf(facts: FunctionFacts): Finding[] {
  return Object.entries(CHECKS).map(([check, look]) => ({ check, ...look(facts) }));
}
