import type { Mutant } from "../../../mutants/src/mutant.ts";

/** The embedded EventBridge Scheduler. */
export const schedulerMutants: readonly Mutant[] = [
  {
    id: "schedule-stays",
    promise: "A schedule that is to be deleted afterwards is gone once it fell due for the last time.",
    file: "src/scheduler/scheduler.ts",
    from: "if (kept.get(arn) === made) kept.delete(arn);",
    to: "",
    testFile: "src/scheduler/scheduler.test.ts",
    test: "is deleted after it fell due for the last time",
  },
  {
    id: "schedule-token-forgotten",
    promise: "The same request by its client token is answered again; another one conflicts.",
    file: "src/scheduler/operations/schedule-operations.ts",
    from: "context.creations.get(arn) === request",
    to: "true",
    testFile: "test/scheduler.test.ts",
    test: "answers the same request again by its token",
  },
  {
    id: "role-passed-unasked",
    promise: "Who makes a schedule needs the permission to pass its role.",
    file: "src/scheduler/operations/schedule-operations.ts",
    from: 'context.authorize("iam:PassRole", target.roleArn);',
    to: "",
    testFile: "test/scheduler.test.ts",
    test: "needs the permission iam:PassRole",
  },
  {
    id: "schedule-role-untrusted",
    promise: "A role that does not trust EventBridge Scheduler is refused.",
    file: "src/scheduler/check-schedule.ts",
    from: 'return effect === "Allow" && isNamed &&',
    to: 'return effect === "Allow" &&',
    testFile: "src/scheduler/scheduler.test.ts",
    test: "whose role does not let EventBridge Scheduler assume it",
  },
];
