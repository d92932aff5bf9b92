import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { unzipSync } from "fflate";
import type { Assembly } from "./assembly.ts";
import { AssemblyError } from "./deployment-error.ts";

/** Finds function code: assets of the assembly, and code written into the template. */
export interface AssetCode {
  /** A directory below the project whose modules functions may need. */
  readonly projectDirectory: string;
  has(objectKey: string): boolean;
  /** A sentence: what to do if an asset is missing. */
  readonly remedy: string;
  /** A directory with the code of an asset, by the `S3Key` its template names. Zip files are unpacked. */
  directoryOf(objectKey: string): Promise<string>;
  /** A directory with one file of that text. */
  directoryOfText(fileName: string, source: string): Promise<string>;
}

/**
 * @param scratch - where zip files and texts are unpacked.
 * @param projectDirectory - default: where the assembly is.
 */
export function createAssetCode(
  { directory, assetPaths, assetRemedy }: Assembly,
  scratch: string,
  projectDirectory = directory,
): AssetCode {
  // Functions often share one zip file with thousands of modules.
  const unpacked = new Map<string, Promise<string>>();
  return {
    projectDirectory,
    has: (objectKey) => assetPaths.has(objectKey),
    remedy: assetRemedy,
    async directoryOf(objectKey) {
      const path = assetPaths.get(objectKey);
      if (path === undefined) throw new AssemblyError(`No asset is stored as ${objectKey}. ${assetRemedy}`);
      const found = await stat(path).catch((cause: unknown) => {
        throw new AssemblyError(`The asset ${path} is missing. ${assetRemedy}`, { cause });
      });
      if (found.isDirectory()) return path;
      const unpacking = unpacked.get(path) ?? unpack(path, join(scratch, hashOf(path)));
      unpacked.set(path, unpacking);
      return unpacking;
    },
    async directoryOfText(fileName, source) {
      const directory = join(scratch, hashOf(source));
      await mkdir(directory, { recursive: true });
      await writeFile(join(directory, fileName), source);
      return directory;
    },
  };
}

/** Far below the files that a process may have open. */
const WRITES_AT_A_TIME = 64;

async function unpack(zipFile: string, directory: string): Promise<string> {
  const bytes = await readFile(zipFile);
  if (bytes.toString("latin1", 0, 2) !== "PK") {
    // `aws cloudformation package` zips a file that is none.
    await mkdir(directory, { recursive: true });
    await copyFile(zipFile, join(directory, basename(zipFile)));
    return directory;
  }
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes);
  } catch (cause) {
    throw new AssemblyError(`The asset ${zipFile} begins like a zip file, and is none.`, { cause });
  }
  const writes: (readonly [path: string, content: Uint8Array])[] = [];
  for (const [name, content] of Object.entries(files)) {
    if (name.endsWith("/")) continue;
    const parts = name.split("/");
    if (name.startsWith("/") || name.includes("\\") || parts.includes("..")) {
      throw new AssemblyError(
        `The asset ${zipFile} holds a file outside of itself: ${JSON.stringify(name.slice(0, 200))}.`,
      );
    }
    writes.push([join(directory, ...parts), content]);
  }
  await mkdir(directory, { recursive: true });
  const folders = new Set(writes.map(([path]) => dirname(path)));
  for (const folder of folders) await mkdir(folder, { recursive: true });
  for (let at = 0; at < writes.length; at += WRITES_AT_A_TIME) {
    await Promise.all(writes.slice(at, at + WRITES_AT_A_TIME).map(([path, content]) => writeFile(path, content)));
  }
  return directory;
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}
