import { fileURLToPath } from "node:url";
import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";
import { expect, it } from "vitest";
import { inBrowser } from "./browser-entry.ts";

/** Globals of a browser's worker. It has no `process`, no `Buffer`, no `setImmediate`. */
const {
  AbortController,
  AbortSignal,
  MessageChannel,
  TextDecoder,
  TextEncoder,
  atob,
  btoa,
  clearTimeout,
  console,
  crypto,
  performance,
  setTimeout,
  structuredClone,
} = globalThis;

it("the simulator runs in a browser, and what happens there is the same", async () => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(import.meta.resolve("./browser-entry.ts"))],
    bundle: true,
    write: false,
    platform: "browser",
    format: "iife",
    globalName: "entry",
    target: "es2024",
    conditions: ["longhaul-source"],
    logLevel: "silent",
  });
  const script = outputFiles[0]!.text;
  const browser = createContext({
    AbortController,
    AbortSignal,
    MessageChannel,
    TextDecoder,
    TextEncoder,
    atob,
    btoa,
    clearTimeout,
    console,
    crypto,
    performance,
    setTimeout,
    structuredClone,
  });
  const there = runInContext(`${script}; entry.inBrowser`, browser) as typeof inBrowser;
  for (const seed of [1, 2, 3]) expect(await there(seed)).toBe(await inBrowser(seed));
});
