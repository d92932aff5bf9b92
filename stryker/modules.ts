/** A pure module whose tests are to notice each small change of it. */
export interface MutatedModule {
  /** Package and file, for the command line. */
  readonly name: string;
  readonly file: string;
  /** Test files that cover it: all else would only take time. */
  readonly tests: readonly string[];
}

function module(packageName: string, file: string, ...tests: string[]): MutatedModule {
  const inPackage = (path: string) => `packages/${packageName}/${path}`;
  return { name: `${packageName}/${file}`, file: inPackage(`src/${file}.ts`), tests: tests.map(inPackage) };
}

/** The modules, by package. */
export const MODULES: readonly MutatedModule[] = [
  module("core", "budget/estimate", "src/budget/estimate.test.ts", "src/budget/time-budget*.test.ts"),
  module("core", "budget/time-budget", "src/budget/time-budget*.test.ts"),
  module("core", "state/lease", "src/state/{lease,rewind}.test.ts"),
  module("fleet", "size/fleet-plan", "src/size/fleet-plan.property.test.ts"),
  module("fleet", "size/resize", "src/size/resize.test.ts"),
  module("objects", "cache/byte-lru", "src/cache/byte-lru.property.test.ts"),
  module("objects", "object/part-plan", "src/object/part-plan.property.test.ts"),
  module("objects", "transform/batch-state", "src/transform/batch-state.property.test.ts"),
  module("objects", "transform/event-plan", "src/transform/event-plan.test.ts"),
  module("walk", "runs/learned-partition", "src/runs/learned-partition.test.ts"),
  module("walk", "runs/pace", "src/runs/pace.test.ts"),
  module("walk", "runs/part-book", "src/runs/part-book.test.ts"),
  module("walk", "runs/subtract-ranges", "src/runs/subtract-ranges.property.test.ts"),
];
