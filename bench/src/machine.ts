import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, loadavg, platform, release, totalmem } from "node:os";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);

/** The machine and the versions that the figures were measured with. */
export interface Machine {
  /** The day, as 2026-11-30. */
  readonly date: string;
  readonly node: string;
  readonly v8: string;
  readonly system: string;
  readonly processors: string;
  readonly memoryGb: number;
  /** Load average of the last minute at the beginning: above the number of processors, figures are those of a busy machine. */
  readonly load: number;
  /** Versions of the peers and of the SDK. */
  readonly versions: Readonly<Record<string, string>>;
}

/** Looks at the machine. */
export function machine(): Machine {
  const all = cpus();
  const packages = ["@aws/durable-execution-sdk-js", "@aws-sdk/client-lambda", "@aws-sdk/client-s3", "esbuild"];
  return {
    date: new Date().toISOString().slice(0, 10),
    node: process.versions.node,
    v8: process.versions.v8,
    system: `${platform()} ${release()}`,
    processors: `${all.length} x ${all[0]?.model ?? "unknown"}`,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    load: Math.round((loadavg()[0] ?? 0) * 100) / 100,
    versions: Object.fromEntries(packages.map((name) => [name, versionOf(name)])),
  };
}

/** From the package's own file; packages need not export it. */
function versionOf(name: string): string {
  for (
    let directory = dirname(require.resolve(name));
    directory !== dirname(directory);
    directory = dirname(directory)
  ) {
    try {
      const { name: found, version } = JSON.parse(readFileSync(join(directory, "package.json"), "utf8")) as {
        name?: string;
        version?: string;
      };
      if (found === name && version !== undefined) return version;
    } catch {}
  }
  return "unknown";
}
