import { createHash } from "node:crypto";
import { escapeHtml, formatNumber } from "./format.ts";
import { isFault, type RunHistory } from "./run-history.ts";
import type { RunMarks } from "./run-marks.ts";

/**
 * The form that narrows a report down; empty if there is nothing to choose. It is hidden where scripts do not run; all else
 * can be read without it.
 */
export function filterForm(marks: RunMarks | undefined, { hops }: RunHistory): string {
  if (marks === undefined && !hops.some(isFault)) return "";
  const runs = marks?.runs.map((run, at) => `<option value="${at}">${escapeHtml(marks.nameOf(run))}</option>`);
  const choice = runs
    ? `<label>Show <select name="run"><option value="">all ${formatNumber(runs.length)} runs</option>${runs.join("")}</select></label>`
    : "";
  return `<form class="filter" hidden>${choice}<label><input type="checkbox" name="bad"> only invocations with an error</label><output>${formatNumber(hops.length)} invocations</output></form>`;
}

/** Shows what the form asks for: dims the rest of the charts, and hides the rest of the tables. */
export const FILTER_SCRIPT = `"use strict";
const form = document.querySelector("form.filter");
const rows = [...document.querySelectorAll("table.hops tbody tr")];
const shapes = [...document.querySelectorAll("svg [data-run]")];
const runs = [...document.querySelectorAll("table.runs tbody tr")];
const pieces = [...document.querySelectorAll("section.each details")];
function show() {
  const run = form.elements.run ? form.elements.run.value : "";
  const bad = form.elements.bad.checked;
  let count = 0;
  for (const row of rows) {
    row.hidden = (run !== "" && row.dataset.run !== run) || (bad && !("bad" in row.dataset));
    if (!row.hidden) count += 1;
  }
  for (const row of runs) row.hidden = run !== "" && row.dataset.run !== run;
  for (const shape of shapes) {
    shape.classList.toggle("dim", run !== "" && shape.dataset.run !== run);
    shape.classList.toggle("chosen", run !== "" && shape.dataset.run === run);
  }
  for (const piece of pieces) {
    const some = piece.querySelectorAll("tbody tr:not([hidden])").length;
    piece.hidden = some === 0;
    if (run !== "" || bad) piece.open = some > 0 && count <= 500;
  }
  form.querySelector("output").textContent = count.toLocaleString("en-US") + (count === 1 ? " invocation" : " invocations");
}
if (form) {
  form.addEventListener("change", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  show();
}
`;

/** Permits the page's own style and script, and nothing else: it loads nothing from anywhere. */
export const CONTENT_POLICY = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${createHash("sha256").update(FILTER_SCRIPT).digest("base64")}'`;
