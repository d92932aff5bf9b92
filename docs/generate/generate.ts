import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { writeApiPages } from "./api-pages.ts";
import { writeBenchmarks } from "./benchmarks.ts";
import { writeCommandPage } from "./command-page.ts";
import { writeErrorCodes } from "./error-codes.ts";
import { writePictures } from "./pictures.ts";
import { DOCS } from "./places.ts";
import { writeProse } from "./prose.ts";
import { writeVersions } from "./versions.ts";

/** Writes everything that the pages are made from besides themselves. */
export async function generate(): Promise<void> {
  await mkdir(join(DOCS, ".generated"), { recursive: true });
  await Promise.all([
    writePictures(),
    writeProse(),
    writeErrorCodes(),
    writeApiPages(),
    writeBenchmarks(),
    writeCommandPage(),
    writeVersions(),
  ]);
}
