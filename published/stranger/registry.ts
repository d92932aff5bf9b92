import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";

/** A registry on the loopback address: has the packages of this workspace, and passes on what it is asked for beside them. */
export interface Registry {
  readonly url: string;
  stop(): Promise<void>;
}

/** How a registry is started. */
export interface RegistryOptions {
  /** The file of the command `verdaccio`. */
  readonly program: string;
  readonly folder: string;
  /** The registry that has all other packages. */
  readonly upstream: string;
  /** Names of the packages that only this registry has; `@scope/*` for a scope. */
  readonly own: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Starts a registry that is empty, and waits until it answers. */
export async function startRegistry({ program, folder, upstream, own, env }: RegistryOptions): Promise<Registry> {
  await mkdir(folder, { recursive: true });
  // YAML reads JSON.
  const config = {
    storage: join(folder, "storage"),
    web: { enable: false },
    auth: { htpasswd: { file: join(folder, "htpasswd") } },
    uplinks: { upstream: { url: upstream, cache: false, maxage: "60m", timeout: "60s", max_fails: 100 } },
    packages: {
      ...Object.fromEntries(own.map((name) => [name, { access: "$all", publish: "$all" }])),
      "**": { access: "$all", proxy: "upstream" },
    },
    max_body_size: "50mb",
    log: { type: "stdout", format: "pretty", level: "warn" },
  };
  const file = join(folder, "config.yaml");
  await writeFile(file, JSON.stringify(config));
  const port = await freePort();
  const child = spawn("node", [program, "--config", file, "--listen", `127.0.0.1:${port}`], {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const closed = once(child, "close");
  let said = "";
  const isReady = new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        said = (said + text).slice(-4_000);
        if (/http address/.test(said)) resolve();
      });
    }
    void closed.then(([code]) => reject(new Error(`The registry ended with ${code}:\n${said}`)));
  });
  await isReady;
  return {
    url: `http://127.0.0.1:${port}/`,
    async stop() {
      child.kill();
      await closed;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("There is no free port.");
  return address.port;
}
