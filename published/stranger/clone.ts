import { execFileSync } from "node:child_process";
import { copyFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Copies the workspace as a clone would have it, and what is not committed yet: no `node_modules`, nothing built. */
export async function cloneInto(folder: string, workspace: string): Promise<void> {
  const list = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: workspace,
    encoding: "utf8",
  });
  for (const file of list.split("\0").filter((name) => name !== "")) {
    await mkdir(join(folder, dirname(file)), { recursive: true });
    // A deleted file is still in the index.
    await copyFile(join(workspace, file), join(folder, file)).catch(() => undefined);
  }
}
