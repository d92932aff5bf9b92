import type { S3Client } from "@aws-sdk/client-s3";
import type { PageFilter } from "../filter/page-filter.ts";
import type { OutputPlace } from "../report/output-place.ts";
import type { Fields } from "../request/fields.ts";
import type { WalkAction } from "../runs/walk-action.ts";
import type { Semaphore } from "../semaphore.ts";
import type { ObjectTries } from "./try-object.ts";

/** The clients and limits that an action gets. They are made once per function instance, so limits hold over all its walks. */
export interface ActionSetup {
  /** Name of the action: its key among the handler's actions. */
  readonly name: string;
  readonly client: S3Client;
  /** Where results are written. */
  readonly output: OutputPlace;
  /** Depth of totals by prefix, where an event does not set it. */
  readonly depth: number;
  /** Most prefixes with totals of their own. */
  readonly maxPrefixes: number;
  /** Objects worked on at once. */
  readonly concurrency: number;
  /** Limits how much work is under way at once, over all actions and walks. */
  readonly semaphore: Semaphore;
  readonly tries: ObjectTries;
}

/** The part of a bucket that an event asks to walk. */
export interface WalkedPlace {
  readonly bucket: string;
  /** Only keys that begin with it are listed: the longer of the event's prefix and the filter's. */
  readonly prefix: string;
  /** The event's own prefix. A filter selects objects; it does not say where a copy goes. */
  readonly eventPrefix: string;
}

/** The walk that an action works for. */
export interface ActionWalk extends WalkedPlace {
  /** Id of the walk: the same in all of its invocations. */
  readonly id: string;
  /** Selects the objects of a page that the walk is about. */
  readonly passing: PageFilter;
}

/** An action, as one event asks for it. */
export interface AskedAction {
  /** The action's own fields of the event, as JSON. An event that reuses a walk's id must ask for the same. */
  readonly described: Readonly<Record<string, unknown>>;
  /** Whether objects are changed. Then the event may have no unknown field: it could be a misspelt filter. */
  readonly isChanging: boolean;
  begin(walk: ActionWalk): WalkAction<object>;
}

/** An action, set up for a handler. */
export interface ActionReader {
  /** Fields of the event that only this action reads, each with its default; `undefined` where there is none. */
  readonly fields: Readonly<Record<string, unknown>>;
  /**
   * Reads the action's own fields.
   *
   * @throws WalkRequestError naming a field that cannot be used.
   */
  read(fields: Fields, place: WalkedPlace): AskedAction;
}

/** Something to do with each object of a walk. A new action is a function of this type. */
export type Action = (setup: ActionSetup) => ActionReader;
