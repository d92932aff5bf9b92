import { formatNumber } from "../report/format.ts";
import type { Paint } from "../terminal.ts";
import { type RoleReport, type StatementReport, titleOf } from "./permission-report.ts";

/** The report for people, line by line: role by role, and at the end the totals. */
export function permissionText(reports: readonly RoleReport[], paint: Paint): readonly string[] {
  return [...reports.flatMap((report) => ["", ...roleText(report, paint)]), "", ...summaryText(reports, paint)];
}

function roleText(report: RoleReport, paint: Paint): readonly string[] {
  const { hasRun, statements, missing, undecided, managedPolicies } = report;
  return [
    `${paint.bold(titleOf(report))}${hasRun ? "" : paint.yellow("  did not run")}`,
    ...statements.flatMap((statement) => statementText(statement, hasRun, paint)),
    ...missing.flatMap(({ actions, name, calls, isByLambda, isDenied, statement, cdk }) => [
      `  ${paint.red("missing".padStart(COLUMN))}  ${actions.join(", ")} on ${name}`,
      note(isByLambda ? "Lambda itself needs it, for logs, destinations or a queue" : `${counted(calls, "call")}`),
      ...(isDenied
        ? [note("a statement of the stack denies it")]
        : [note(`add  ${JSON.stringify(statement)}`), ...(cdk === undefined ? [] : [note(`CDK  ${cdk}`)])]),
    ]),
    ...undecided.map(
      ({ action, name, why }) =>
        `  ${paint.yellow("not decided".padStart(COLUMN))}  ${action} on ${name}: its statement ${why}`,
    ),
    ...managedPolicies.map((arn) => `  ${paint.dim("not seen".padStart(COLUMN))}  ${arn}, a policy of AWS's own`),
  ];
}

/** Width of the column with numbers and words before the permissions. */
const COLUMN = 11;

const note = (text: string) => `  ${" ".repeat(COLUMN)}    ${text}`;

function statementText(statement: StatementReport, hasRun: boolean, paint: Paint): readonly string[] {
  const { actions, resources, calls, isForLambda, spare } = statement;
  const permissions = `${actions.join(", ")} on ${resources.join(", ")}`;
  const line = (text: string) => `  ${text}  ${permissions}`;
  if (!hasRun && calls === 0 && !isForLambda) return [line(paint.dim("?".padStart(COLUMN)))];
  if (spare?.kind === "unused") return [line(paint.yellow("spare".padStart(COLUMN)))];
  const count = formatNumber(calls).padStart(COLUMN);
  const used = line(calls === 0 ? paint.dim("for Lambda".padStart(COLUMN)) : paint.green(count));
  if (spare === undefined) return [used];
  if (spare.kind === "covered") return [used, note(paint.yellow("spare: other statements allow all of it, too"))];
  return [used, note(paint.yellow(`spare of it: ${[...spare.actions, ...spare.resources].join(", ")}`))];
}

function summaryText(reports: readonly RoleReport[], paint: Paint): readonly string[] {
  const missing = reports.flatMap((report) => report.missing).length;
  const ran = reports.filter(({ hasRun }) => hasRun);
  const spare = ran.flatMap(({ statements }) => statements.filter((each) => each.spare !== undefined)).length;
  const idle = reports.length - ran.length;
  return [
    missing === 0 ? paint.green("nothing is missing") : paint.red(`${counted(missing, "statement")} missing`),
    ...(spare === 0 ? [] : [paint.yellow(`${counted(spare, "statement")} wholly or partly spare in this run`)]),
    ...(idle === 0 ? [] : [paint.yellow(`of ${counted(idle, "role")} nothing is known: no function ran with it`)]),
    paint.dim("Calls that Lambda itself makes with a role, for logs, destinations and queues, are no function's own."),
  ];
}

function counted(count: number, what: string): string {
  return `${formatNumber(count)} ${what}${count === 1 ? "" : "s"}`;
}
