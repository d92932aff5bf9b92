import type { LocalAws } from "@longhaul/local";
import { type PermissionRecord, recordPermissions } from "@longhaul/local/testing";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { findApp } from "../local/app.ts";
import { isWell, type RunSettings, withFinishedRun } from "../local/finished-run.ts";
import { screenOn } from "../terminal.ts";
import { isInOrder, permissionReport } from "./permission-report.ts";
import { permissionText } from "./permission-text.ts";

/** Options of `longhaul iam`. */
interface IamOptions extends RunSettings {
  readonly rare?: readonly string[] | undefined;
  readonly strict?: true | undefined;
  readonly json?: true | undefined;
}

/** Runs an app to the end, compares its calls with its permissions, and answers with the exit code. */
export async function iam(name: string, options: IamOptions): Promise<ExitCode> {
  const screen = screenOn(options.json ? process.stderr : process.stdout);
  const app = await findApp(name, screen.line);
  let record: PermissionRecord | undefined;
  const authorization = (aws: () => LocalAws) => {
    record = recordPermissions(aws, { isEnforced: false });
    return record.authorize;
  };
  try {
    return await withFinishedRun(app, options, screen, authorization, async ({ deployed, history, invoked }) => {
      const { aws, stacks } = deployed;
      await invokeScheduled(aws, invoked);
      const reports = permissionReport({
        roles: record?.review() ?? [],
        stacks,
        roleOf: (arn) => aws.lambda.getFunction(arn).roleArn,
        wasInvoked: (arn) => invoked.has(aws.lambda.getFunction(arn).name),
        rare: options.rare ?? [],
      });
      const isOk = isWell(history) && isInOrder(reports, options.strict === true);
      const { status, reason, check } = history;
      if (options.json) {
        const run = { status, ...(reason && { reason }), ...(check && { check }) };
        process.stdout.write(`${JSON.stringify({ app: app.config.name, isOk, run, roles: reports })}\n`);
      } else {
        for (const line of permissionText(reports, screen.paint)) screen.line(line);
        if (!isWell(history)) screen.line(screen.paint.red(`The run ${status}: ${reason ?? check?.message ?? ""}`));
      }
      return isOk ? EXIT.ok : EXIT.runFailed;
    });
  } finally {
    app.program.close();
  }
}

/** Invokes the functions of schedules that were not invoked yet, and waits for their end. */
async function invokeScheduled(aws: LocalAws, invoked: ReadonlySet<string>): Promise<void> {
  const { lambda } = aws;
  for (const { targetArns, trigger } of schedulesOf(aws)) {
    const names = targetArns.map((arn) => lambda.getFunction(arn).name).filter((name) => !invoked.has(name));
    if (names.length === 0) continue;
    const waiting = new Set(names);
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    const off = lambda.on("invoke.end", ({ functionName }) => {
      waiting.delete(functionName);
      if (waiting.size === 0) resolve();
    });
    try {
      await trigger();
      await ended;
    } finally {
      off();
    }
  }
}

/** The schedules that are enabled, of rules and of EventBridge Scheduler, with the functions that they may invoke. */
function schedulesOf({ events, scheduler, lambda, accountId }: LocalAws) {
  const functionsOf = (arns: readonly string[]) => arns.filter((arn) => arn.split(":")[2] === "lambda");
  const rules = events.rules().filter(({ schedule, isEnabled }) => schedule !== undefined && isEnabled);
  return [
    ...rules.map(({ arn, targets }) => {
      const caller = { servicePrincipal: "events.amazonaws.com", sourceArn: arn, sourceAccount: accountId };
      const functions = functionsOf(targets.map((target) => target.arn));
      return {
        targetArns: functions.filter((each) => lambda.permits(each, caller)),
        trigger: () => events.trigger(arn),
      };
    }),
    ...scheduler
      .schedules()
      .filter(({ definition }) => definition.isEnabled)
      .map(({ arn, definition }) => ({
        targetArns: functionsOf([definition.target.arn]),
        trigger: () => scheduler.trigger(arn),
      })),
  ];
}
