import type { OutsideRequest } from "@longhaul/core/testing";
import { CHOICES, DEFAULTS, RANGES, type Settings } from "./settings.ts";

/** Something that the reader did to a play, and when in virtual time. */
export interface Ask {
  readonly ask: Exclude<OutsideRequest["ask"], "delete">;
  readonly atMs: number;
  /** The hop that a `rewind` begins again at. */
  readonly hop?: number;
}

/** Everything that a link reproduces. */
export interface LinkedPlay {
  readonly settings: Settings;
  readonly asks: readonly Ask[];
  /** Where the playhead is, in virtual milliseconds. */
  readonly atMs: number;
}

const ASKS: Readonly<Record<Ask["ask"], true>> = {
  kill: true,
  freeze: true,
  duplicate: true,
  lose: true,
  stop: true,
  pause: true,
  resume: true,
  rewind: true,
  deploy: true,
};
const MOST_ASKS = 200;

/** The part of a link after `#`: what differs from the defaults, in words that people can read and change. */
export function toHash({ settings, asks, atMs }: LinkedPlay): string {
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(settings)) {
    if (value !== DEFAULTS[name as keyof Settings]) fields.set(name, String(value));
  }
  if (asks.length > 0) fields.set("do", asks.map(textOf).join(","));
  if (atMs > 0) fields.set("at", String(Math.ceil(atMs)));
  return fields.toString().replaceAll("%40", "@").replaceAll("%2C", ",");
}

/** Reads {@link toHash}. What is unknown or out of range is left at its default, so an old or broken link still plays. */
export function fromHash(hash: string): LinkedPlay {
  const fields = new URLSearchParams(hash.replace(/^#/, ""));
  const settings: Record<string, unknown> = { ...DEFAULTS };
  for (const [name, value] of Object.entries(DEFAULTS)) {
    const text = fields.get(name);
    if (text === null) continue;
    if (typeof value === "boolean") settings[name] = value ? text !== "false" : text === "true";
    else if (Object.hasOwn(CHOICES, name)) {
      if (Object.hasOwn(CHOICES[name as keyof typeof CHOICES], text)) settings[name] = text;
    } else settings[name] = numberWithin(name, text) ?? value;
  }
  return {
    settings: settings as unknown as Settings,
    asks: (fields.get("do") ?? "")
      .split(",")
      .flatMap(askOf)
      .slice(0, MOST_ASKS)
      .sort((one, other) => one.atMs - other.atMs),
    atMs: wholeNumber(fields.get("at") ?? "") ?? 0,
  };
}

/** Of `kill@12000`, and of `rewind-3@12000`, which names its hop. */
function textOf({ ask, atMs, hop }: Ask): string {
  return `${ask}${hop === undefined ? "" : `-${hop}`}@${atMs}`;
}

/** Reads {@link textOf}. A hop is what a rewind needs, and nothing else has. */
function askOf(text: string): Ask[] {
  const [what = "", at = ""] = text.split("@");
  const [ask = "", toHop = ""] = what.split("-");
  const atMs = wholeNumber(at);
  const hop = wholeNumber(toHop);
  if (!Object.hasOwn(ASKS, ask) || atMs === undefined || (hop !== undefined) !== (ask === "rewind")) return [];
  return [{ ask: ask as Ask["ask"], atMs, ...(hop !== undefined && { hop }) }];
}

function numberWithin(name: string, text: string): number | undefined {
  if (name === "seed") return wholeNumber(text);
  const value = Number(text);
  const stops = RANGES.find((range) => range.name === name)?.stops ?? [];
  const isWithin = text !== "" && value >= Math.min(...stops) && value <= Math.max(...stops);
  return isWithin ? value : undefined;
}

function wholeNumber(text: string): number | undefined {
  return /^\d{1,12}$/.test(text) ? Number(text) : undefined;
}
