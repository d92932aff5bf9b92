import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { command, type Finished } from "./command.ts";
import { startRegistry } from "./registry.ts";
import { type NextRelease, prepareReleases, publicPackages } from "./releases.ts";
import { installTools, type NodeName, settingOfNpm, strangersEnvironment } from "./tools.ts";

export type { NodeName } from "./tools.ts";

/** Variables of an environment. */
type Variables = Readonly<Record<string, string>>;

/** Someone without this workspace: has a registry with the packages, a version of Node, and an empty folder. */
export interface Stranger {
  readonly workspace: string;
  /** The version of the packages that the registry got first. */
  readonly version: string;
  /** The environment in which commands are typed. */
  environment(node: NodeName): Record<string, string>;
  /** Runs a command to its end; `more` are variables beside those of the environment. */
  run(type: readonly [string, ...string[]], cwd: string, node: NodeName, more?: Variables): Promise<Finished>;
  /** An empty folder outside of the workspace. */
  emptyFolder(name: string): Promise<string>;
  /** A copy of a folder of the released workspace with its packages installed; the same one for the same name. */
  installed(source: string, name: string, node: NodeName): Promise<string>;
  /** Publishes another release; the answer is its version. */
  publish(next: NextRelease): Promise<string>;
  /** Stops the registry and removes all folders, unless they are to be looked at. */
  leave(options: { readonly keepsFolders: boolean }): Promise<void>;
}

/** Files that are made in a folder, and are not copied with it. */
const MADE = new Set(["node_modules", "cdk.out", ".turbo", ".longhaul", "dist"]);

/** Prepares everything that stories need. */
export async function meetStranger(workspace: string): Promise<Stranger> {
  const tools = join(workspace, "node_modules", ".cache", "longhaul-release");
  const home = await mkdtemp(join(tmpdir(), "longhaul-release-"));
  await installTools(tools);
  const machine = (node: NodeName) => strangersEnvironment([join(tools, "bin", node)]);
  const upstream = await settingOfNpm("registry");
  const names = (await publicPackages(workspace)).map(({ manifest }) => manifest.name);
  const registry = await startRegistry({
    program: join(tools, "node_modules/verdaccio/bin/verdaccio"),
    folder: join(home, "registry"),
    upstream,
    own: names,
    env: machine("node24"),
  });
  // Packages that are downloaded are kept where the machine's npm keeps them.
  const cache = await settingOfNpm("cache");
  const own = await homeOf(join(home, "home"), `registry=${registry.url}\n`);
  const token = `//${new URL(registry.url).host}/:_authToken=any`;
  const publisher = await homeOf(join(home, "publisher"), `registry=${registry.url}\n${token}\n`);
  const environmentAt = (node: NodeName, atHome: string) => ({
    ...Object.fromEntries(Object.entries(machine(node)).filter(([name]) => !/^npm_config_/i.test(name))),
    HOME: atHome,
    npm_config_cache: cache,
  });
  const environment = (node: NodeName) => environmentAt(node, own);
  const released = join(home, "released");
  const leave = async (keepsFolders: boolean) => {
    await registry.stop();
    if (!keepsFolders) await rm(home, { recursive: true, force: true });
  };
  const { releases, version } = await firstRelease(workspace, released, environmentAt("node24", publisher)).catch(
    async (error: unknown) => {
      // A registry that is left alone would keep this process waiting.
      await leave(false);
      throw error;
    },
  );
  const installs = new Map<string, Promise<string>>();

  async function copyAndInstall(source: string, name: string, node: NodeName): Promise<string> {
    const folder = join(home, node, name);
    await mkdir(join(home, node), { recursive: true });
    await cp(source, folder, { recursive: true, filter: (path) => !MADE.has(basename(path)) });
    const { code, stdout, stderr } = await run(["npm", "install", "--no-audit", "--no-fund"], folder, node);
    if (code !== 0)
      throw new Error(`npm install in a copy of ${basename(source)} ended with ${code}:\n${stdout}${stderr}`);
    return folder;
  }

  function run(
    type: readonly [string, ...string[]],
    cwd: string,
    node: NodeName,
    more: Variables = {},
  ): Promise<Finished> {
    return command(type, { cwd, env: { ...environment(node), ...more } });
  }

  return {
    workspace,
    version,
    environment,
    run,
    async emptyFolder(name) {
      const parent = await mkdtemp(join(home, "empty-"));
      const folder = join(parent, name);
      await mkdir(folder);
      return folder;
    },
    installed(source, name, node) {
      const key = `${node}/${name}`;
      const known = installs.get(key) ?? copyAndInstall(join(releases.workspace, source), name, node);
      installs.set(key, known);
      return known;
    },
    publish: releases.publish,
    leave: ({ keepsFolders }) => leave(keepsFolders),
  };
}

async function firstRelease(workspace: string, folder: string, env: Variables) {
  const releases = await prepareReleases(workspace, folder, env);
  return { releases, version: await releases.publish() };
}

/** Makes a home whose npm has these settings. */
async function homeOf(folder: string, settings: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, ".npmrc"), settings);
  return folder;
}
