import { type CoveredFaults, RefutedError, type Verified, verify } from "@longhaul/core/testing";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { formatNumber } from "../report/format.ts";
import { screenOn } from "../terminal.ts";
import { verificationIn } from "./verification-module.ts";

/** Options of `longhaul verify`. */
interface VerifyFileOptions {
  readonly maxFaults?: number | undefined;
  /** In seconds. */
  readonly timeout?: number | undefined;
  readonly replay?: string | undefined;
  readonly json?: true | undefined;
}

const REDRAW_EVERY_MS = 100;

/** Verifies the handler of a file, and prints what was covered or what was found. */
export async function verifyFile(
  file: string,
  { maxFaults, timeout, replay, json }: VerifyFileOptions,
): Promise<ExitCode> {
  const verification = await verificationIn(file);
  const progress = screenOn(process.stderr);
  let redrawAtMs = 0;
  const onProgress = (covered: CoveredFaults) => {
    if (performance.now() < redrawAtMs) return;
    redrawAtMs = performance.now() + REDRAW_EVERY_MS;
    progress.status(coveredText(covered));
  };
  const print = (result: object, lines: readonly string[]) => {
    progress.status("");
    process.stdout.write(json ? `${JSON.stringify(result)}\n` : lines.map((line) => `${line}\n`).join(""));
  };
  const unmute = mute(replay === undefined ? () => {} : console.error);
  try {
    const verified = await verify({
      ...verification,
      ...(maxFaults !== undefined && { maxFaults }),
      ...(timeout !== undefined && { maxRealMs: timeout * 1_000 }),
      ...(replay !== undefined && { replay }),
      onProgress,
    });
    print({ holds: true, ...verified }, [...verified.covered.map(coveredText), verdict(verified, replay)]);
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof RefutedError)) throw error;
    const { finding, faults, covered, trace } = error;
    print({ holds: false, finding, faults, replay: error.replay, covered, trace }, [
      ...covered.map(coveredText),
      error.report,
      `Replay: longhaul verify ${file} --replay ${error.replay === "" ? "''" : error.replay}`,
    ]);
    return EXIT.runFailed;
  } finally {
    unmute();
  }
}

/** Sends what the handler prints elsewhere: the output is this command's. */
function mute(to: (...words: unknown[]) => void): () => void {
  const { log, info, debug } = console;
  Object.assign(console, { log: to, info: to, debug: to });
  return () => void Object.assign(console, { log, info, debug });
}

function coveredText({ faults, trials, of }: CoveredFaults): string {
  const made = trials === of ? formatNumber(trials) : `${formatNumber(trials)} of ${formatNumber(of)}`;
  return `${faults === 1 ? "1 fault" : `${faults} faults`}: ${made} ${of === 1 ? "trial" : "trials"}`;
}

function verdict({ covered, isWhole }: Verified, replay: string | undefined): string {
  if (replay !== undefined) return "Holds in this trial.";
  const { faults } = covered.findLast(({ trials, of }) => trials === of)!;
  const holds = `Holds in every trial with ${faults === 0 ? "no fault" : `at most ${faults === 1 ? "1 fault" : `${faults} faults`}`}.`;
  return isWhole ? holds : `${holds} Then a limit ended it: raise --timeout, or the file's maxTrials.`;
}
