import type { Finished } from "./stranger/command.ts";
import type { NodeName, Stranger } from "./stranger/stranger.ts";

/** The result that a command must have. */
export interface Expectation {
  /** Default 0. */
  readonly code?: number;
  readonly stdout?: RegExp | string;
  readonly stderr?: RegExp | string;
  /** Whatever else has to hold; throws where it does not. */
  check?(finished: Finished, folder: string): void | Promise<void>;
}

/** A command that a stranger types. */
export interface TypedCommand {
  readonly type: readonly [string, ...string[]];
  /** Folder below the story's. Default: the story's. */
  readonly in?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly expect?: Expectation;
}

/** Something that a stranger does beside typing a command. */
export interface Deed {
  readonly does: string;
  with(folder: string, stranger: Stranger, node: NodeName): void | Promise<void>;
}

export type Step = TypedCommand | Deed;

/** A promise to those who use the packages from outside, and how a stranger would find out whether it holds. */
export interface Story {
  /** For `--only`; with the version of Node behind it, the name of one telling. */
  readonly name: string;
  readonly promise: string;
  /** The versions of Node on which it is tried. */
  readonly on: readonly NodeName[];
  /** Makes the folder in which the steps happen. */
  folder(stranger: Stranger, node: NodeName): Promise<string>;
  /** Files of the folder that are written over while the story is told: their text, or how it is made of theirs. */
  readonly edits?: Readonly<Record<string, string | ((text: string) => string)>>;
  readonly steps: readonly Step[] | ((node: NodeName) => readonly Step[]);
}
