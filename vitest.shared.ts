import type { ViteUserConfig } from "vitest/config";

/** Tests run on the TypeScript itself: workspace packages resolve to their sources, never to a stale build. */
export const shared: ViteUserConfig = {
  resolve: { conditions: ["longhaul-source"] },
  ssr: { resolve: { conditions: ["longhaul-source"] } },
  // Where Vitest loads what it runs before the tests: `globalSetup`.
  environments: { __vitest__: { resolve: { conditions: ["longhaul-source"] } } },
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    pool: "threads",
    maxWorkers: 2,
    allowOnly: false,
    // Templates that tests make are not checked by CloudFormation's rules too: that doubles the time. `cdk synth` does it.
    env: { CDK_VALIDATION: "false" },
    // Only there to end what hangs: on a busy machine of two cores everything takes its time.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
};

/**
 * The same, with one instance of each module for all files of a worker: many small files are tested in two thirds of the
 * processor's time. Not for apps, whose handlers set up the process that they are loaded into.
 */
export const sharedModules: ViteUserConfig = { ...shared, test: { ...shared.test, isolate: false } };
