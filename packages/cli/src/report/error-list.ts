import { escapeHtml, formatDuration, formatNumber } from "./format.ts";
import { type HopHistory, hopNumber, isFault, type RunHistory } from "./run-history.ts";
import type { RunMarks } from "./run-marks.ts";

/** Invocations that ended in the same way. */
interface ErrorGroup {
  readonly status: HopHistory["status"];
  readonly message: string;
  /** Places among the history's hops. */
  readonly places: number[];
}

/** So many kinds are shown; the reader may open the rest. */
const SHOWN = 4;
/** So many places of an error are named. */
const NAMED_PLACES = 3;

/** Lists errors, the most frequent first: each kind once, with the invocations that it happened to. Empty if there are none. */
export function errorList(history: RunHistory, marks: RunMarks | undefined): string {
  const groups = groupsOf(history.hops);
  if (groups.length === 0) return "";
  const items = groups.map(({ status, message, places }) => {
    const links = places.slice(0, NAMED_PLACES).map((place) => {
      const hop = history.hops[place]!;
      const name = marks === undefined ? "" : ` of <bdi>${escapeHtml(marks.nameOf(hop.run))}</bdi>`;
      return `<a href="#${rowId(place)}">hop ${hopNumber(hop)}${name}</a> at ${formatDuration(hop.startedAtMs - history.startedAtMs)}`;
    });
    const rest = places.length - links.length;
    const where = `${links.join(", ")}${rest > 0 ? `, and ${formatNumber(rest)} more` : ""}`;
    const count = places.length === 1 ? "" : ` <b>${formatNumber(places.length)} times</b>`;
    return `<li><span class="status ${status}">${status}</span>${count} <span class="message">${escapeHtml(message)}</span><small>${where}</small></li>`;
  });
  const count = groups.reduce((sum, { places }) => sum + places.length, 0);
  return `<section class="errors">
<h2>Errors <small>${formatNumber(count)} of ${formatNumber(history.hops.length)} invocations</small></h2>
<ul>${items.slice(0, SHOWN).join("\n")}</ul>${more(items.slice(SHOWN))}
</section>`;
}

function more(items: readonly string[]): string {
  if (items.length === 0) return "";
  return `<details><summary>${formatNumber(items.length)} more kinds</summary><ul>${items.join("\n")}</ul></details>`;
}

/** The id of an invocation's row, which errors link to. */
export function rowId(place: number): string {
  return `invocation-${place}`;
}

function groupsOf(hops: readonly HopHistory[]): ErrorGroup[] {
  const groups = new Map<string, ErrorGroup>();
  for (const [place, hop] of hops.entries()) {
    if (!isFault(hop)) continue;
    // Ids of requests tell errors apart that are the same.
    const message = (hop.error ?? "").replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, "…");
    const key = `${hop.status} ${message}`;
    const group = groups.get(key) ?? { status: hop.status, message, places: [] };
    groups.set(key, group);
    group.places.push(place);
  }
  return [...groups.values()].sort((a, b) => b.places.length - a.places.length);
}
