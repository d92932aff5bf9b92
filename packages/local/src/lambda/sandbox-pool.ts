import type { FunctionVersion } from "./function-registry.ts";
import type { Sandbox } from "./sandbox.ts";

/** A sandbox together with what it serves. */
export interface PooledSandbox {
  readonly sandbox: Sandbox;
  readonly version: FunctionVersion;
  /** It has served before. */
  isWarm: boolean;
  /** It is to be given up as soon as it is free. */
  isStale: boolean;
}

/** Options of the pool. */
export interface SandboxPoolOptions {
  readonly maxSandboxes: number;
  /** A sandbox idle for so long is given up. */
  readonly idleMs: number;
  readonly start: (version: FunctionVersion) => Promise<Sandbox>;
  readonly onRecycle: (pooled: PooledSandbox, reason: string) => void;
}

/** Sandboxes by function version; the one used last is used next, as on Lambda. */
export interface SandboxPool {
  /** A free sandbox, warm if there is one. Waits while as many as allowed are running and none is idle. */
  acquire(version: FunctionVersion, mustBeCold: boolean): Promise<PooledSandbox>;
  /** Gives a sandbox back that is ready for more: it is frozen. */
  release(pooled: PooledSandbox): void;
  /** Gives up all sandboxes of a function: idle ones now, running ones when they are done. */
  recycle(functionName: string, reason: string): Promise<void>;
  /** Kills every sandbox and refuses new ones. */
  stop(): Promise<void>;
  readonly size: number;
}

/** Creates an empty pool. */
export function createSandboxPool(options: SandboxPoolOptions): SandboxPool {
  const all = new Set<PooledSandbox>();
  /** Idle since; insertion order is order of release. */
  const idle = new Map<PooledSandbox, NodeJS.Timeout>();
  const waiting: (() => void)[] = [];
  const starting = new Set<Promise<Sandbox>>();
  let isStopped = false;

  function takeIdle(version: FunctionVersion): PooledSandbox | undefined {
    let latest: PooledSandbox | undefined;
    for (const pooled of idle.keys()) if (pooled.version.deployment === version.deployment) latest = pooled;
    if (latest) unidle(latest);
    return latest;
  }

  function unidle(pooled: PooledSandbox): void {
    clearTimeout(idle.get(pooled));
    idle.delete(pooled);
  }

  function giveUp(pooled: PooledSandbox, reason: string): Promise<void> {
    unidle(pooled);
    forget(pooled);
    options.onRecycle(pooled, reason);
    return pooled.sandbox.kill();
  }

  function forget(pooled: PooledSandbox): void {
    unidle(pooled);
    if (all.delete(pooled)) waiting.shift()?.();
  }

  async function acquire(version: FunctionVersion, mustBeCold: boolean): Promise<PooledSandbox> {
    for (;;) {
      if (isStopped) throw new Error("The embedded Lambda has been stopped.");
      const warm = mustBeCold ? undefined : takeIdle(version);
      if (warm) return warm;
      if (all.size + starting.size < options.maxSandboxes) break;
      const oldest = idle.keys().next().value;
      if (oldest) void giveUp(oldest, "room for another function");
      else await new Promise<void>((resolve) => waiting.push(resolve));
    }
    const start = options.start(version);
    starting.add(start);
    try {
      const sandbox = await start;
      const pooled: PooledSandbox = { sandbox, version, isWarm: false, isStale: false };
      all.add(pooled);
      void sandbox.gone.then(() => forget(pooled));
      return pooled;
    } finally {
      starting.delete(start);
    }
  }

  return {
    acquire,
    release(pooled) {
      if (pooled.isStale || isStopped) {
        void giveUp(pooled, isStopped ? "stopped" : "recycled on request");
        return;
      }
      pooled.isWarm = true;
      pooled.sandbox.freeze();
      const timer = setTimeout(() => void giveUp(pooled, "idle"), options.idleMs);
      timer.unref();
      idle.set(pooled, timer);
      waiting.shift()?.();
    },
    async recycle(functionName, reason) {
      const ended: Promise<void>[] = [];
      for (const pooled of all) {
        if (pooled.version.config.name !== functionName) continue;
        if (idle.has(pooled)) ended.push(giveUp(pooled, reason));
        else pooled.isStale = true;
      }
      await Promise.all(ended);
    },
    async stop() {
      isStopped = true;
      for (const wake of waiting.splice(0)) wake();
      await Promise.allSettled(starting);
      await Promise.all([...all].map((pooled) => giveUp(pooled, "stopped")));
    },
    get size() {
      return all.size + starting.size;
    },
  };
}
