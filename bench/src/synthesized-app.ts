import { fileURLToPath } from "node:url";
import { synthesize } from "@longhaul/local/testing";

/** Writes an app's cloud assembly, as `cdk synth` does, from the sources; answers with its directory. */
export async function synthesizeApp(name: string, outdir: string): Promise<string> {
  const directory = fileURLToPath(new URL(`../../packages/${name}/`, import.meta.url));
  await synthesize({ directory, program: ["--conditions=longhaul-source", "infra/app.ts"], outdir });
  return outdir;
}
