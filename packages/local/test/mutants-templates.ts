import type { Mutant } from "../../../mutants/src/mutant.ts";

/** Templates that people already have. */
export const templateMutants: readonly Mutant[] = [
  {
    id: "zero-lost",
    promise: "An account id in a template keeps the zero that it begins with.",
    file: "src/template-files/template-text.ts",
    from: "  leadingZero,\n",
    to: "",
    testFile: "src/template-files/template-text.test.ts",
    test: "values are CloudFormation's",
  },
  {
    id: "globals-first",
    promise: "Of two values a function's own counts, and not that of Globals.",
    file: "src/sam/globals.ts",
    from: "else result[name] = value;",
    to: "else result[name] = before ?? value;",
    testFile: "src/sam/transform.test.ts",
    test: "has the properties of Globals",
  },
  {
    id: "code-missing",
    promise: "Code that is not there is told with its place, before anything is made.",
    file: "src/template-files/template-file.ts",
    from: "problems: [...problems, ...missing, ...parsed.problems]",
    to: "problems: [...problems, ...parsed.problems]",
    testFile: "test/template-files.test.ts",
    test: "what is not there is told with its place",
  },
  {
    id: "output-of-skipped",
    promise: "An output that refers to a resource which was left out is left out too.",
    file: "src/cloudformation/stack-deployment.ts",
    from: ".some((each) => created.get(each)?.isSkipped)) continue;",
    to: ".some(() => false)) continue;",
    testFile: "test/template-files.test.ts",
    test: "what is not translated is listed at once, and can be skipped",
  },
  {
    id: "layers-upside-down",
    promise: "Of two layers that have the same file, the later one counts.",
    file: "src/lambda/layers.ts",
    from: "for (const arn of arns) {",
    to: "for (const arn of arns.toReversed()) {",
    testFile: "test/template-files.test.ts",
    test: "a function has the modules of its layers",
  },
];
