import { closeSync, fstatSync, openSync, readdirSync, readFileSync, statSync } from "node:fs";

/**
 * All processes of a function instance: the group that its own process leads, and those that left the group, as children do
 * that were started `detached`. The latter are found on Linux only.
 */
export interface InstanceProcesses {
  /** Looks where the instance lives; call it once its runtime runs, and while it is alive. */
  locate(): void;
  /** Sends a signal to the group. */
  signal(signal: NodeJS.Signals): void;
  freeze(): void;
  /** Undoes {@link freeze}. */
  thaw(): void;
  /** The instance's process is over; whatever else there is of the instance ends too. */
  end(): void;
}

/** Processes that start others as they die are looked for so often. */
const MAX_KILLING_ROUNDS = 20;

/**
 * @param pid - of the instance's own process, which leads its group; `undefined` if it could not be started.
 * @param id - of the instance; the environment of its processes holds it, unless they clear it.
 */
export function instanceProcesses(pid: number | undefined, id: string): InstanceProcesses {
  // An open namespace keeps its number, which would be given to another one otherwise.
  let namespace: { readonly fd: number; readonly number: number } | undefined;
  let frozen: readonly number[] = [];
  let isOver = pid === undefined;
  const marker = Buffer.from(id);

  const signalGroup = (signal: NodeJS.Signals) => {
    if (pid !== undefined && !isOver) send(-pid, signal);
  };
  const outside = (): readonly number[] => {
    if (process.platform !== "linux") return [];
    return processIds().filter((each) => {
      if (each === pid || each === process.pid || groupOf(each) === pid) return false;
      return namespace ? namespaceOf(each) === namespace.number : hasInEnvironment(each, marker);
    });
  };

  return {
    locate() {
      if (namespace !== undefined || pid === undefined || process.platform !== "linux") return;
      const own = namespaceOf("self");
      try {
        const fd = openSync(`/proc/${pid}/ns/mnt`, "r");
        const number = fstatSync(fd).ino;
        if (own !== undefined && number !== own) namespace = { fd, number };
        else closeSync(fd);
      } catch {
        // Over already, or not to be looked into.
      }
    },
    signal: signalGroup,
    freeze() {
      signalGroup("SIGSTOP");
      // To look at every process takes a while: only an instance that has started some is worth it.
      frozen = pid !== undefined && hasChildren(pid) ? outside() : [];
      for (const member of frozen) send(member, "SIGSTOP");
    },
    thaw() {
      for (const member of frozen) send(member, "SIGCONT");
      frozen = [];
      signalGroup("SIGCONT");
    },
    end() {
      signalGroup("SIGKILL");
      // A process that starts others while being killed is found again in the next round.
      for (let round = 0; round < MAX_KILLING_ROUNDS; round += 1) {
        const left = outside();
        if (left.length === 0) break;
        for (const member of left) send(member, "SIGKILL");
      }
      isOver = true;
      if (namespace) closeSync(namespace.fd);
      namespace = undefined;
    },
  };
}

function send(target: number, signal: NodeJS.Signals): void {
  try {
    process.kill(target, signal);
  } catch {
    // It is gone already.
  }
}

function hasChildren(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8") !== "";
  } catch {
    return false;
  }
}

function processIds(): readonly number[] {
  return readdirSync("/proc").map(Number).filter(Number.isInteger);
}

function namespaceOf(pid: number | "self"): number | undefined {
  try {
    return statSync(`/proc/${pid}/ns/mnt`).ino;
  } catch {
    return undefined;
  }
}

/** The process group of a process: the fifth field, behind a name that may hold anything. */
function groupOf(pid: number): number | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(status.slice(status.lastIndexOf(")") + 2).split(" ")[2]);
  } catch {
    return undefined;
  }
}

function hasInEnvironment(pid: number, marker: Buffer): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`).includes(marker);
  } catch {
    return false;
  }
}
