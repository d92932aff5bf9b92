import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

/** An embedded AWS that `longhaul dev` keeps, as other commands find it. */
export interface DevNotice {
  readonly url: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** The app's folder. */
  readonly directory: string;
  /** The table of its function's runs, if it has one. */
  readonly tableName?: string | undefined;
}

/** Where the notices are: in the user's home, so that nobody else can write one. */
const directoryOf = (home: string) => join(home, ".longhaul", "dev");

/** Tells other commands of an embedded AWS, until this process ends. Where nothing can be written, they do not find it. */
export function announce(notice: DevNotice, home = homedir()): void {
  const file = join(directoryOf(home), `${process.pid}.json`);
  try {
    mkdirSync(directoryOf(home), { recursive: true, mode: 0o700 });
    writeFileSync(file, JSON.stringify(notice), { mode: 0o600 });
  } catch {
    return;
  }
  process.once("exit", () => rmSync(file, { force: true }));
}

/** The embedded AWSs that answer, those of apps in or above the working directory first. Removes what others left. */
export async function announced(cwd = process.cwd(), home = homedir()): Promise<readonly DevNotice[]> {
  const directory = directoryOf(home);
  const files = await readdir(directory).catch(() => []);
  const notices = await Promise.all(
    files.map(async (file) => {
      const path = join(directory, file);
      const notice = await readFile(path, "utf8").then(parsed, () => undefined);
      if (notice && (await answers(notice.url))) return [notice];
      rmSync(path, { force: true });
      return [];
    }),
  );
  const isNear = ({ directory }: DevNotice) => cwd === directory || cwd.startsWith(`${directory}/`);
  return notices.flat().sort((one, other) => Number(isNear(other)) - Number(isNear(one)));
}

function parsed(text: string): DevNotice | undefined {
  try {
    const notice = JSON.parse(text) as DevNotice;
    return typeof notice.url === "string" && typeof notice.credentials?.accessKeyId === "string" ? notice : undefined;
  } catch {
    return undefined;
  }
}

/** Longest wait for an answer, in milliseconds: it is on this machine. */
const ANSWER_MS = 2_000;

function answers(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) }).then(
    () => true,
    () => false,
  );
}
