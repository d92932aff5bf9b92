import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { announce, announced, type DevNotice } from "./dev-notice.ts";

const credentials = { accessKeyId: "id", secretAccessKey: "secret" };
let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "longhaul-home-"));
});
afterEach(() => rm(home, { recursive: true, force: true }));

async function serving(): Promise<string> {
  const server = createServer((_, response) => void response.writeHead(403).end());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function leave(name: string, content: DevNotice | string): Promise<void> {
  const directory = join(home, ".longhaul", "dev");
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, name), typeof content === "string" ? content : JSON.stringify(content));
}

describe("an embedded AWS is found by other commands", () => {
  it("as it was announced, and not after its process has ended", async () => {
    const before = process.listeners("exit");
    const notice = { url: await serving(), region: "us-east-1", credentials, directory: "/app", tableName: "runs" };
    announce(notice, home);
    expect(await announced("/elsewhere", home)).toEqual([notice]);
    const [leaveAtExit] = process.listeners("exit").filter((listener) => !before.includes(listener));
    leaveAtExit?.call(process, 0);
    process.removeListener("exit", leaveAtExit as () => void);
    expect(await announced("/elsewhere", home)).toEqual([]);
  });

  it("the one of the working directory first", async () => {
    const url = await serving();
    const of = (directory: string) => ({ url, region: "us-east-1", credentials, directory });
    await leave("1.json", of("/apps/one"));
    await leave("2.json", of("/apps/two"));
    for (const cwd of ["/apps/two", "/apps/two/src"])
      expect((await announced(cwd, home))[0]?.directory).toBe("/apps/two");
    expect((await announced("/apps/one", home))[0]?.directory).toBe("/apps/one");
  });

  it("but none that does not answer, and no other file; what they left is removed", async () => {
    const closed = "http://127.0.0.1:1";
    await leave("1.json", { url: closed, region: "us-east-1", credentials, directory: "/app" });
    await leave("2.json", "{");
    expect(await announced("/app", home)).toEqual([]);
    expect(await readdir(join(home, ".longhaul", "dev"))).toEqual([]);
  });

  it("nor where nothing can be written, which stops nobody", async () => {
    await writeFile(join(home, ".longhaul"), "");
    announce({ url: "http://127.0.0.1:1", region: "us-east-1", credentials, directory: "/app" }, home);
    expect(await announced("/app", home)).toEqual([]);
    expect(existsSync(join(home, ".longhaul", "dev"))).toBe(false);
  });
});
