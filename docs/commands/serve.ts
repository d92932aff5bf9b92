/**
 * Serves the site while it is written: a page is shown anew when it is saved, a picture when its sample is.
 *
 * usage: npm run docs [-- --port 4321]
 */
import { watch } from "node:fs";
import { join } from "node:path";
import { writePictures } from "../generate/pictures.ts";
import { DOCS } from "../generate/places.ts";
import { writeProse } from "../generate/prose.ts";
import { installPackages } from "./install-packages.ts";

const SETTLE_MS = 200;

installPackages();
const { generate } = await import("../generate/generate.ts");
const { runAstro } = await import("../publish/build-site.ts");
await generate();
let pending: NodeJS.Timeout | undefined;
function remake(make: () => Promise<void>): void {
  clearTimeout(pending);
  pending = setTimeout(() => void make().catch((error: unknown) => console.error(error)), SETTLE_MS);
}
watch(join(DOCS, "samples"), { recursive: true }, () => remake(writePictures));
watch(DOCS, (_, file) => file?.endsWith(".md") && remake(writeProse));
const { code } = await runAstro(["dev", ...process.argv.slice(2)]);
process.exit(code ?? 1);
