import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cloneInto } from "./clone.ts";
import { command } from "./command.ts";

/** A release that follows the one which the workspace is ready for. */
export interface NextRelease {
  /** The kind of its changes, as its changeset says. */
  readonly bump: "patch" | "minor" | "major";
  /** The dist-tag that it gets. Default: `latest`. */
  readonly tag?: string;
  /** Changes the built packages; gets the folder of the workspace's copy. */
  edit?(workspace: string): Promise<void>;
}

/** Makes releases of a copy of the workspace, as the release workflow does of the workspace itself. */
export interface Releases {
  /** The copy; its manifests have the versions of the last release. */
  readonly workspace: string;
  /** Gives the packages their versions by the changesets that wait, and publishes those that are not private. */
  publish(next?: NextRelease): Promise<string>;
}

/** The fields of a manifest that a release reads. */
interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
}

/** Copies the workspace, whose packages have been built. */
export async function prepareReleases(
  workspace: string,
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<Releases> {
  await mkdir(folder, { recursive: true });
  await cloneInto(folder, workspace);
  for (const { path } of await publicPackages(folder)) {
    const built = join(workspace, path, "dist");
    if (existsSync(built)) await cp(built, join(folder, path, "dist"), { recursive: true });
  }
  await symlink(join(workspace, "node_modules"), join(folder, "node_modules"));

  async function changeset(...args: readonly string[]): Promise<void> {
    const program = join(workspace, "node_modules/@changesets/cli/bin.js");
    const { code, stdout, stderr } = await command(["node", program, ...args], { cwd: folder, env });
    if (code !== 0) throw new Error(`changeset ${args.join(" ")} ended with ${code}:\n${stdout}${stderr}`);
  }

  return {
    workspace: folder,
    async publish(next) {
      if (next !== undefined) {
        const names = (await publicPackages(folder)).map(({ manifest: { name } }) => `"${name}": ${next.bump}\n`);
        const file = join(folder, ".changeset", "next-release.md");
        await writeFile(file, `---\n${names.join("")}---\n\nA release of test:release.\n`);
      }
      await changeset("version");
      await next?.edit?.(folder);
      await changeset("publish", "--no-git-tag", ...(next?.tag === undefined ? [] : ["--tag", next.tag]));
      const versions = new Set((await publicPackages(folder)).map(({ manifest: { version } }) => version));
      const [version = "", ...others] = versions;
      if (others.length > 0) throw new Error(`The packages have several versions: ${[version, ...others].join(", ")}.`);
      return version;
    },
  };
}

/** The packages below `packages/` that are not private, by their paths in the workspace. */
export async function publicPackages(
  workspace: string,
): Promise<readonly { readonly path: string; readonly manifest: Manifest }[]> {
  const folders = (await readdir(join(workspace, "packages"))).map((name) => `packages/${name}`);
  const packages = await Promise.all(
    folders
      .filter((path) => existsSync(join(workspace, path, "package.json")))
      .map(async (path) => {
        const manifest: Manifest = JSON.parse(await readFile(join(workspace, path, "package.json"), "utf8"));
        return { path, manifest };
      }),
  );
  return packages.filter(({ manifest }) => manifest.private !== true);
}
