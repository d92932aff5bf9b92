import { createHash } from "node:crypto";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { unzipSync } from "fflate";
import { AssemblyError } from "./deployment-error.ts";

/** Finds function code: assets of the assembly, and code written into the template. */
export interface AssetCode {
  /** The cloud assembly's own directory, below that of its app. */
  readonly assemblyDirectory: string;
  /** A directory with the code of an asset, by the `S3Key` its template names. Zip files are unpacked. */
  directoryOf(objectKey: string): Promise<string>;
  /** A directory with one file of that text. */
  directoryOfText(fileName: string, source: string): Promise<string>;
}

/** @param scratch - where zip files and texts are unpacked. */
export function createAssetCode(
  assemblyDirectory: string,
  assetPaths: ReadonlyMap<string, string>,
  scratch: string,
): AssetCode {
  return {
    assemblyDirectory,
    async directoryOf(objectKey) {
      const path = assetPaths.get(objectKey);
      if (path === undefined) {
        throw new AssemblyError(`No asset of the assembly is stored as ${objectKey}. Run "cdk synth" again.`);
      }
      const found = await stat(path).catch((cause: unknown) => {
        throw new AssemblyError(`The asset ${path} is missing. Run "cdk synth" again.`, { cause });
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
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(await readFile(zipFile));
  } catch (cause) {
    throw new AssemblyError(`The asset ${zipFile} is neither a directory nor a zip file.`, { cause });
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
