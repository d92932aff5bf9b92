import type { ViteUserConfig } from "vitest/config";

/** Tests run on the TypeScript itself: workspace packages resolve to their sources, never to a stale build. */
export const shared: ViteUserConfig = {
  resolve: { conditions: ["longhaul-source"] },
  ssr: { resolve: { conditions: ["longhaul-source"] } },
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    pool: "threads",
    maxWorkers: 2,
    allowOnly: false,
  },
};
