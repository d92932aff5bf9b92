import { spawn } from "node:child_process";
import { once } from "node:events";
import { InstallError } from "./errors.ts";

/** How packages are installed in a folder. */
export type Install = (folder: string) => Promise<void>;

/**
 * Runs `npm install` in a folder. What it prints goes to stderr.
 *
 * @throws {@link InstallError} if it fails or is not there.
 */
export const npmInstall: Install = async (folder) => {
  const args = ["install", "--no-audit", "--no-fund"];
  const child = spawn("npm", args, { cwd: folder, stdio: ["ignore", process.stderr, process.stderr] });
  const [code, signal] = await once(child, "close").catch((cause: unknown) => {
    throw new InstallError(folder, "there is no npm", { cause });
  });
  if (code !== 0) throw new InstallError(folder, code === null ? `it was ended by ${signal}` : `it ended with ${code}`);
};
