import type { ViteUserConfig } from "vitest/config";
/** Tests run on the TypeScript itself: workspace packages resolve to their sources, never to a stale build. */
export declare const shared: ViteUserConfig;
