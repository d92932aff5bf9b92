/**
 * A process of its own for an app's `longhaul.config.ts` and what it imports, the user's code: what that prints, or breaks,
 * does not mix with the command's own output. Speaks with {@link openApp} over IPC.
 */
import { pathToFileURL } from "node:url";
import type { AppConfig, VerifyContext } from "@longhaul/local";
import type { AppAnswer, AppCall, AppDescription } from "./local/app-calls.ts";

// An error here is not caught: Node shows its place, of a syntax error too, and the command reads it.
const { default: config } = (await import(pathToFileURL(process.argv[2] ?? "").href)) as {
  default?: Partial<AppConfig>;
};

const { startEvent, verify, results, ...fields } = config ?? {};
const description: AppDescription = {
  isThere: config !== undefined,
  fields,
  can: { startEvent: startEvent !== undefined, verify: verify !== undefined, results: results !== undefined },
};
process.once("disconnect", () => process.exit());
process.on("message", (call: AppCall) => void answer(call));
await printed();
process.send?.(description);

async function answer({ id, name, argument }: AppCall): Promise<void> {
  let said: AppAnswer;
  try {
    said = { id, value: await calls[name](argument as never) };
  } catch (error) {
    said = {
      id,
      error:
        error instanceof Error
          ? { message: error.message, stack: error.stack ?? "" }
          : { message: String(error), stack: "" },
    };
  }
  await printed();
  process.send?.(said);
}

/** Resolves when all that was printed so far is in the pipes. A full one takes the rest later, after an answer that overtakes it. */
async function printed(): Promise<void> {
  await Promise.all(
    [process.stdout, process.stderr].map((stream) => new Promise<void>((resolve) => stream.write("", () => resolve()))),
  );
}

const calls = {
  startEvent: (outputs: VerifyContext["outputs"]) => startEvent?.(outputs),
  results: (context: Omit<VerifyContext, "read">) => results?.(context),
  verify(context: Omit<VerifyContext, "read">) {
    let reader: VerifyContext["read"] | undefined;
    return verify?.({
      ...context,
      async read(bucket, key) {
        // Loaded when it is needed: the SDK takes its time.
        reader ??= (await import("./local/object-reader.ts")).objectReader(context.env);
        return reader(bucket, key);
      },
    });
  },
};
