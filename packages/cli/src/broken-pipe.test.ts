import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { endOnBrokenPipe } from "./broken-pipe.ts";

const failing = (code: string) => Object.assign(new Error(code), { code });

describe("when nobody reads what the command says any more", () => {
  it("it ends, once", () => {
    let ends = 0;
    const [out, err] = [new EventEmitter(), new EventEmitter()];
    endOnBrokenPipe([out, err], () => ends++);
    for (const code of ["EPIPE", "EPIPE", "ERR_STREAM_DESTROYED"]) out.emit("error", failing(code));
    err.emit("error", failing("EPIPE"));
    expect(ends).toBe(1);
  });

  it("any other error is one", () => {
    const out = new EventEmitter();
    endOnBrokenPipe([out], () => {});
    expect(() => out.emit("error", failing("ENOSPC"))).toThrow("ENOSPC");
  });

  it("what runs is stopped first, and nothing is said of it", async () => {
    const [main, brokenPipe] = ["./main.ts", "./broken-pipe.ts"].map((path) =>
      JSON.stringify(fileURLToPath(new URL(path, import.meta.url))),
    );
    // Says so much that it cannot be done before the pipe breaks.
    const program = `import { main } from ${main};
      import { stopOnBrokenPipe } from ${brokenPipe};
      stopOnBrokenPipe(async () => { process.stderr.write("stopped"); });
      await main(["--help"]);
      setInterval(() => process.stdout.write("x".repeat(100_000)), 1);`;
    const child = spawn(process.execPath, [...conditions, "--input-type=module", "-e", program]);
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => {
      said += chunk;
    });
    await once(child.stdout, "data");
    child.stdout.destroy();
    const [code] = await once(child, "close");
    expect({ code, said }).toEqual({ code: 141, said: "stopped" });
  });
});

const conditions = ["--conditions=longhaul-source", "--disable-warning=ExperimentalWarning"];
