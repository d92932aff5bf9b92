import { escapeHtml } from "../../packages/cli/src/report/format.ts";
import { htmlPage } from "../../packages/cli/src/report/page.ts";
import { timelineChart } from "../../packages/cli/src/report/timeline-chart.ts";
import type { Finding } from "./exhaustive-check.ts";
import { OUTSIDE_LANE, traceHistory } from "./trace-history.ts";
import type { TraceStep } from "./trace-step.ts";

const STEPS_STYLE = ".steps td:first-child{white-space:nowrap;padding-right:1.2rem}.steps td:last-child{width:100%}";

/** Draws a trace as one self-contained HTML page, by the timeline and the style of the report of a run. */
export function tracePage({ invariant, text, trace }: Finding): string {
  const title = `${invariant} falls`;
  const header = `<h1>${escapeHtml(title)}</h1>
<p class="about">a shortest trace: ${trace.length} steps</p>`;
  const main = `<p class="check bad">✗ ${escapeHtml(text)}</p>
${timeline(trace)}
<section>
<h2>Each step</h2>
<table class="steps"><thead><tr><th scope="col">${isTimed(trace) ? "tick, who" : "step"}</th><th scope="col">what</th></tr></thead><tbody>
${trace.map(row).join("\n")}
<tr class="bad"><td>then</td><td><span class="message">${escapeHtml(`${invariant} falls: ${text}.`)}</span></td></tr>
</tbody></table>
</section>`;
  return htmlPage({ kind: "Longhaul trace", title, header, main, style: STEPS_STYLE });
}

const isTimed = (trace: readonly TraceStep[]) => trace.some(({ tick }) => tick !== undefined);

/** The life of each invocation over time, where the trace has a clock. */
function timeline(trace: readonly TraceStep[]): string {
  if (!isTimed(trace)) return "";
  const history = traceHistory(trace);
  const hasOutside = history.hops.some(({ sandboxId }) => sandboxId === OUTSIDE_LANE);
  return `<section>
<h2>Invocations over time</h2>
<p class="legend"><span><i class="swatch work"></i>an invocation</span> <span><i class="swatch fault"></i>a fault, or an invocation that is killed</span></p>
${timelineChart(history, history.endedAtMs ?? 0)}
<p class="note">A lane is an invocation, a minute is a tick.${hasOutside ? " The last lane has what happens beside them: sweeps, requests, lost events." : ""} The steps of a tick follow one another at equal distances.</p>
</section>`;
}

function row({ tick, who, what, change, isFault }: TraceStep, at: number): string {
  const place = tick === undefined ? String(at + 1) : `${tick} <b>${escapeHtml(who ?? "")}</b>`;
  const changed = change === undefined ? "" : `<small>${escapeHtml(change.replace(" -> ", " → "))}</small>`;
  const sentence = isFault ? `<span class="message">${escapeHtml(what)}</span>` : escapeHtml(what);
  return `<tr${isFault ? ' class="bad"' : ""}><td>${place}</td><td>${sentence}${changed}</td></tr>`;
}
