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

/** @param scratch - where zip files and texts are unpacked. */
export function createAssetCode({ directory, assetPaths, assetRemedy }: Assembly, scratch: string): AssetCode {
  return {
    projectDirectory: directory,
    has: (objectKey) => assetPaths.has(objectKey),
    remedy: assetRemedy,
    async directoryOf(objectKey) {
      const path = assetPaths.get(objectKey);
      if (path === undefined) throw new AssemblyError(`No asset is stored as ${objectKey}. ${assetRemedy}`);
      const found = await stat(path).catch((cause: unknown) => {
        throw new AssemblyError(`The asset ${path} is missing. ${assetRemedy}`, { cause });
      });
      return found.isDirectory() ? path : unpack(path, join(scratch, hashOf(path)));
    },
    async directoryOfText(fileName, source) {
      const directory = join(scratch, hashOf(source));
      await mkdir(directory, { recursive: true });
      await writeFile(join(directory, fileName), source);
      return directory;
    },
  };
}

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
  for (const [name, content] of Object.entries(files)) {
    if (name.endsWith("/")) continue;
    const parts = name.split("/");
    if (name.startsWith("/") || name.includes("\\") || parts.includes("..")) {
      throw new AssemblyError(
        `The asset ${zipFile} holds a file outside of itself: ${JSON.stringify(name.slice(0, 200))}.`,
      );
    }
    const path = join(directory, ...parts);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
  await mkdir(directory, { recursive: true });
  return directory;
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}
