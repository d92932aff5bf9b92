import { chmod, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { command } from "./command.ts";

/** A version of Node as a stranger may have it, with the npm that belongs to it. */
export type NodeName = "node20" | "node22" | "node24";

const PROGRAMS: Readonly<Record<NodeName, { readonly node: string; readonly npm: string }>> = {
  node20: { node: "20.20.2", npm: "10.9.9" },
  node22: { node: "22.23.3", npm: "10.9.9" },
  node24: { node: "24.21.0", npm: "11.19.1" },
};

/** The registry on which releases are tried. */
const REGISTRY = "verdaccio@6.10.4";

/** Variables that this process has and a stranger does not: settings of npm, Node, AWS and of this workspace. */
const OURS =
  /^(?:npm_(?!config_(?:registry|cache|.*proxy)$)|NODE_(?:OPTIONS|PATH|ENV|V8_COVERAGE|TEST_CONTEXT|CHANNEL_FD)$|AWS_|LONGHAUL_|INIT_CWD$|CI$|FORCE_COLOR$|TURBO|VITEST)/i;

/** Installs the versions of Node and npm, unless they are there from before. */
export async function installTools(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const wanted = Object.entries(PROGRAMS).flatMap(([name, { node, npm }]) => [
    `${name}@npm:node-${process.platform}-${process.arch}@${node}`,
    `npm${npm}@npm:npm@${npm}`,
  ]);
  // The registry asks for a dist-tag of node-fetch, which mirrors of npm do not all have.
  const manifest = { name: "tools", private: true, overrides: { "node-fetch": "2.7.0" } };
  await writeFile(join(directory, "package.json"), JSON.stringify(manifest));
  const packages = [...new Set(wanted), REGISTRY];
  const install = ["npm", "install", "--no-audit", "--no-fund", "--prefer-offline", ...packages] as const;
  const { code, stderr } = await command(install, { cwd: directory, env: strangersEnvironment([]) });
  if (code !== 0) throw new Error(`The versions of Node could not be installed:\n${stderr}`);
  for (const [name, { npm }] of Object.entries(PROGRAMS)) {
    const bin = join(directory, "bin", name);
    await rm(bin, { recursive: true, force: true });
    await mkdir(bin, { recursive: true });
    const modules = join(directory, "node_modules");
    await symlink(join(modules, name, "bin", "node"), join(bin, "node"));
    for (const [program, file] of [
      ["npm", "npm-cli.js"],
      ["npx", "npx-cli.js"],
    ] as const) {
      const target = join(modules, `npm${npm}`, "bin", file);
      await chmod(target, 0o755);
      await symlink(target, join(bin, program));
    }
  }
}

/** The answer of this machine's npm to a question of its settings. */
export async function settingOfNpm(name: "registry" | "cache"): Promise<string> {
  const { stdout } = await command(["npm", "config", "get", name], { cwd: "/", env: strangersEnvironment([]) });
  return stdout.trim();
}

/** The environment of a stranger: no variable of ours, no AWS account, and one version of Node before all others. */
export function strangersEnvironment(path: readonly string[]): Record<string, string> {
  const kept = Object.entries(process.env).filter(([name, value]) => value !== undefined && !OURS.test(name));
  const own = (process.env.PATH ?? "").split(":").filter((folder) => !folder.includes("node_modules"));
  return {
    ...(Object.fromEntries(kept) as Record<string, string>),
    PATH: [...path, ...own].join(":"),
    // Nothing is asked of the network, and no account of the person who runs this is found.
    AWS_CONFIG_FILE: "/nonexistent",
    AWS_SHARED_CREDENTIALS_FILE: "/nonexistent",
    AWS_EC2_METADATA_DISABLED: "true",
  };
}
