import type { Mutant } from "../../../mutants/src/mutant.ts";

/** The permissions of an app are what its calls need. */
export const iamMutants: readonly Mutant[] = [
  {
    id: "missing-permission-passes",
    promise: "A call that no statement allows fails the command.",
    file: "src/iam/permission-report.ts",
    from: "missing.length === 0 &&",
    to: "missing.length >= 0 &&",
    testFile: "src/iam/permission-report.test.ts",
    test: "not if a permission is missing",
  },
  {
    id: "missing-permission-refused",
    promise: "A call that no statement allows is let through, so that one run finds all of them.",
    file: "src/iam/iam.ts",
    from: "{ isEnforced: false }",
    to: "{ isEnforced: true }",
    testFile: "test/iam.test.ts",
    test: "tells programs all statements to add",
  },
  {
    id: "failed-run-in-order",
    promise: "A run that failed fails the command, whatever its permissions.",
    file: "src/iam/iam.ts",
    from: "const isOk = isWell(history) && ",
    to: "const isOk = ",
    testFile: "test/iam.test.ts",
    test: "fails if the run does",
  },
  {
    id: "spare-passes-strict",
    promise: "What is spare fails the command with --strict.",
    file: "src/iam/permission-report.ts",
    from: "statements.every(({ spare }) => spare === undefined)",
    to: "true",
    testFile: "src/iam/permission-report.test.ts",
    test: "if none of it was used",
  },
  {
    id: "idle-role-passes-strict",
    promise: "A role whose functions did not run is proven to nothing, which fails the command with --strict.",
    file: "src/iam/permission-report.ts",
    from: "undecided.length === 0 && hasRun &&",
    to: "undecided.length === 0 &&",
    testFile: "src/iam/permission-report.test.ts",
    test: "unless it is strict",
  },
  {
    id: "one-object-for-its-folder",
    promise: "The statement to add covers all objects whose calls were refused.",
    file: "src/iam/missing-statement.ts",
    from: "arns.every((arn) => arn.startsWith(common))",
    to: "true",
    testFile: "src/iam/missing-statement.test.ts",
    test: "is one for several objects of a bucket",
  },
];
