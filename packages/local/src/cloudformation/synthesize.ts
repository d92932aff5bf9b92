import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { LocalAwsError } from "../gateway/local-aws-error.ts";

/** How a CDK program is run. */
export interface SynthesizeOptions {
  /** Where the program runs: the directory of its `cdk.json`. */
  readonly directory: string;
  /** Node's command line, with its own options first: `["infra/app.ts"]`. */
  readonly program: readonly string[];
  /** The command that runs the program, as `npx` does for `["tsx", "infra/app.ts"]`. Default: this process's own Node. */
  readonly command?: string;
  /** Where the cloud assembly is written; made if it is missing. */
  readonly outdir: string;
  /** Context, as of `cdk synth --context`, in JSON. Default: none. */
  readonly context?: Readonly<Record<string, unknown>>;
  /** More environment for the program. Default: this process's own. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A CDK program failed. */
export class SynthesisError extends LocalAwsError {
  /** Its output, at most the last 8,000 characters. */
  readonly printed: string;
  constructor(directory: string, reason: string, printed: string, options?: ErrorOptions) {
    super("Synthesis", `Synthesizing ${basename(resolve(directory))} failed (${reason}):\n${printed.trim()}`, options);
    this.printed = printed;
  }
}

/** The most that is kept of a program's output, in characters. */
const MAX_PRINTED = 8_000;

/**
 * Runs a CDK program by this process's Node, as `cdk synth` would run it, and answers with what it printed, at most its last
 * 8,000 characters: nothing, if all is well.
 *
 * @throws {@link SynthesisError} if the program fails, with what it printed.
 *
 * @example
 * ```ts
 * await synthesize({ directory: "my-app", program: ["infra/app.ts"], outdir: "cdk.out", context: { stage: "test" } });
 * await aws.deploy("cdk.out");
 * ```
 */
export async function synthesize(options: SynthesizeOptions): Promise<string> {
  const { directory, program, command, context = {}, environment } = options;
  if (command === undefined && !process.features.typescript && program.some((word) => /\.m?ts$/.test(word))) {
    const needed = `it is written in TypeScript, which needs Node 22.18 or later; this is Node ${process.versions.node}`;
    throw new SynthesisError(directory, needed, process.execPath);
  }
  const outdir = resolve(options.outdir);
  await mkdir(outdir, { recursive: true });
  const env = {
    // The deployer refuses what it does not know; CloudFormation's own validation doubles the time and is for `cdk synth`.
    CDK_VALIDATION: "false",
    ...process.env,
    ...environment,
    CDK_OUTDIR: outdir,
    CDK_CONTEXT_JSON: JSON.stringify(context),
  };
  return new Promise((answer, reject) => {
    const child = spawn(command ?? process.execPath, program, {
      cwd: directory,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let printed = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        printed = (printed + text).slice(-MAX_PRINTED);
      });
    }
    child.on("error", (cause) => reject(new SynthesisError(directory, cause.message, printed, { cause })));
    child.on("close", (code, signal) => {
      if (code === 0) answer(printed);
      else reject(new SynthesisError(directory, signal ?? `exit ${code}`, printed));
    });
  });
}
