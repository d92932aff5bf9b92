import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { DOCS, WORKSPACE } from "../generate/places.ts";

const LEFT_OUT = new Set(["node_modules", "dist", "screenshots", ".astro", "cache", "site"]);

/** A copy of the documentation, to plant a fault in. */
export interface Copy extends Disposable {
  write(file: string, text: string): void;
  edit(file: string, from: string, to: string): void;
  read(file: string): string;
  /** Runs a command of the documentation in the copy. */
  run(script: string, ...args: string[]): Promise<Ended>;
}

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** Copies the documentation to a folder beside it, so that all that it refers to is where it was. */
export function copyOfDocs(): Copy {
  const folder = mkdtempSync(join(WORKSPACE, ".docs-fault-"));
  cpSync(DOCS, folder, { recursive: true, filter: (source) => !LEFT_OUT.has(basename(source)) });
  symlinkSync(join(DOCS, "node_modules"), join(folder, "node_modules"));
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  const read = (file: string) => readFileSync(join(folder, file), "utf8");
  return {
    write,
    read,
    edit(file, from, to) {
      const text = read(file);
      if (!text.includes(from)) throw new Error(`${file} has no ${JSON.stringify(from)} to plant a fault in.`);
      write(file, text.replace(from, to));
    },
    run(script, ...args) {
      const child = spawn(process.execPath, ["--conditions=longhaul-source", join(folder, script), ...args], {
        cwd: folder,
      });
      let output = "";
      child.stdout.on("data", (chunk) => (output += chunk));
      child.stderr.on("data", (chunk) => (output += chunk));
      return new Promise((resolve, reject) => {
        child.on("error", reject);
        child.on("close", (code) => resolve({ code, output: stripVTControlCharacters(output) }));
      });
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
