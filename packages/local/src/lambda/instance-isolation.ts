import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { access, constants, mkdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

/** A program and its arguments. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
}

/** The places that a function instance has for itself. */
export interface InstancePlace {
  /** The deployed code; read-only for the instance. */
  readonly codeRoot: string;
  /** The content of its layers; read-only. */
  readonly layersRoot?: string | undefined;
  /** The program it runs, which a mount must not hide. */
  readonly program?: string;
  /** Size of the instance's own `/tmp`. */
  readonly tmpMb: number;
  /** Directories that it must see, wherever they lie. */
  readonly directories: readonly string[];
}

/** Gives function instances a `/tmp` and a `/var/task` of their own, where the platform permits it. */
export type InstanceIsolation =
  | {
      readonly kind: "namespace";
      /**
       * The command that runs another one in a mount namespace of its own; the process keeps its id.
       *
       * @param command - makes the command; `inside` gives the path under which a program or directory is seen.
       */
      wrap(place: InstancePlace, command: (inside: (path: string) => string) => Command): Command;
      /** Where the instance sees its layers. */
      layersAt(place: InstancePlace): string | undefined;
    }
  | {
      readonly kind: "none";
      /** Why, in one sentence. */
      readonly reason: string;
    };

/** Where AWS puts the code and the runtime. https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
export const TASK_ROOT = "/var/task";
export const RUNTIME_ROOT = "/var/runtime";

/**
 * The mounts: `/var` with two more directories, the code and the runtime in them, and a `/tmp` with a limit. What is
 * needed and lies below `/tmp` is brought along before. All of it is gone with the last process of the namespace.
 *
 * The layer over `/var` is a file system of its own, as the scratch directory may lie below `/var`. Its path is relative,
 * because a mount option could not carry every character.
 */
const SCRIPT = `set -e
cd "$1"
mount -t tmpfs -o mode=755,size=64k longhaul layer
mkdir layer/task layer/runtime
mount -t overlay -o ro,lowerdir=layer:/var longhaul /var
mount -o bind,ro runtime ${RUNTIME_ROOT}
mount -o bind,ro "$2" ${TASK_ROOT}
tmp=$3
shift 3
while [ "$1" != -- ]; do mount -o bind,ro "$1" "$2"; shift 2; done
shift
mount -t tmpfs -o "mode=1777,nosuid,nodev,size=$tmp"m longhaul /tmp
cd ${TASK_ROOT}
exec "$@"`;

/** Places for what is brought along: a program, and directories that are named `node_modules` as theirs are. */
const BROUGHT_PROGRAM = "program";
const BROUGHT_LAYERS = "layers";
const BROUGHT_DIRECTORIES = ["0", "1", "2", "3"].map((name) => join(name, "node_modules"));

/** How the namespace is made: as root, or in a user namespace that gives the user back after the mounts. */
interface NamespaceKind {
  readonly unshare: readonly string[];
  /** Put before the command itself. */
  readonly give: readonly string[];
}

/** Options of {@link openIsolation}. */
export interface IsolationOptions {
  /** The folder whose `runtime` instances see as {@link RUNTIME_ROOT}. */
  readonly directory: string;
  /** Programs that instances run, and files they need; they must be seen from inside. */
  readonly programs: readonly string[];
}

/** Finds out whether namespaces are permitted, by making one. */
export async function openIsolation({ directory, programs }: IsolationOptions): Promise<InstanceIsolation> {
  if (process.platform !== "linux") return { kind: "none", reason: `${process.platform} has no mount namespaces` };
  const unshare = await findProgram("unshare");
  if (unshare === undefined) return { kind: "none", reason: "the program unshare (util-linux) is not installed" };
  await layOut(directory);
  const reasons: string[] = [];
  for (const kind of namespaceKinds(unshare)) {
    const wrap = wrapper(unshare, directory, kind);
    try {
      for (const program of programs) await probe(wrap, join(directory, "runtime"), program);
      return { kind: "namespace", wrap, layersAt };
    } catch (error) {
      reasons.push(reasonOf(error));
    }
  }
  return { kind: "none", reason: `a mount namespace cannot be made (${reasons.join("; ")})` };
}

type Wrap = Extract<InstanceIsolation, { readonly kind: "namespace" }>["wrap"];

/** Mount points must be there before: an instance cannot make any. */
async function layOut(directory: string): Promise<void> {
  const brought = join(directory, "runtime", "brought");
  await mkdir(join(directory, "layer"), { recursive: true });
  for (const name of [...BROUGHT_DIRECTORIES, BROUGHT_LAYERS]) await mkdir(join(brought, name), { recursive: true });
  await writeFile(join(brought, BROUGHT_PROGRAM), "");
}

/** `/opt` as on AWS, unless this machine has none, or has programs there that the instance needs. */
function layersAt({ layersRoot, program = "", directories }: InstancePlace): string | undefined {
  if (layersRoot === undefined) return undefined;
  const isNeeded = [program, process.execPath, ...directories].some((path) => path.startsWith("/opt/"));
  return existsSync("/opt") && !isNeeded ? "/opt" : join(RUNTIME_ROOT, "brought", BROUGHT_LAYERS);
}

function wrapper(unshare: string, directory: string, kind: NamespaceKind): Wrap {
  return (place, makeCommand) => {
    const { codeRoot, tmpMb, directories, layersRoot } = place;
    const brought = new Map<string, string>();
    const layers = layersAt(place);
    if (layersRoot !== undefined && layers !== undefined) brought.set(layersRoot, layers);
    for (const [index, name] of directories.filter(isBelowTmp).entries()) {
      const place = BROUGHT_DIRECTORIES[index];
      if (place !== undefined) brought.set(name, join(RUNTIME_ROOT, "brought", place));
    }
    const inside = (path: string) => {
      if (isBelowTmp(path) && !brought.has(path)) brought.set(path, join(RUNTIME_ROOT, "brought", BROUGHT_PROGRAM));
      return brought.get(path) ?? path;
    };
    const { file, args } = makeCommand(inside);
    return {
      file: unshare,
      args: [
        ...[...kind.unshare, "--mount", "--propagation", "private", "--", "/bin/sh", "-c", SCRIPT, "instance"],
        ...[directory, codeRoot, String(tmpMb), ...[...brought].flat(), "--"],
        ...[...kind.give, file, ...args],
      ],
    };
  };
}

function isBelowTmp(path: string): boolean {
  return path.startsWith("/tmp/");
}

/** Runs a namespace that looks whether a program is to be seen in it. */
async function probe(wrap: Wrap, codeRoot: string, program: string): Promise<void> {
  const { file, args } = wrap({ codeRoot, tmpMb: 1, directories: [] }, (inside) => ({
    file: "/bin/sh",
    args: ["-c", 'test -s "$1" || exit 9', "probe", inside(program)],
  }));
  await promisify(execFile)(file, args, { timeout: 10_000 });
}

function namespaceKinds(unshare: string): readonly NamespaceKind[] {
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  if (uid === 0) return [{ unshare: [], give: [] }];
  const give = [unshare, "--user", `--map-user=${uid}`, `--map-group=${gid}`, "--"];
  return [{ unshare: ["--user", "--map-root-user"], give }];
}

function reasonOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return String(error);
  if ("code" in error && error.code === 9) return "a program that functions need lies in a mount below /var";
  const said = "stderr" in error ? String(error.stderr).trim().split("\n")[0] : "";
  return said || String(error);
}

/** Where a program is on the PATH. */
async function findProgram(name: string): Promise<string | undefined> {
  for (const directory of (process.env.PATH ?? "/usr/bin:/bin").split(delimiter)) {
    const path = join(directory, name);
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (directory !== "" && isThere) return path;
  }
  return undefined;
}
