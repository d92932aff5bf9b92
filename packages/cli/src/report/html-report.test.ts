import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { historyOf, hopOf } from "../../test/histories.ts";
import { htmlReport } from "./html-report.ts";

const killed = {
  status: "exit",
  error: "RequestId: 503f6d83-a453-474f-8c9c-fd6e4d360e15 Error: signal: killed",
} as const;

function text(html: string): string {
  return html
    .replace(/<(style|script|svg)[\s\S]*?<\/\1>/g, "")
    .replace(/<[^>]+>/g, " ")
    .replace(/\s+/g, " ");
}

describe("the report of a run", () => {
  it("names both rates as the command does: while at work, and overall", () => {
    const hops = [hopOf({ startedAtMs: 0, endedAtMs: 1_000, pausedMs: 900 })];
    const samples = [{ atMs: 1_000, progress: { records: 1_000 } }];
    const shown = text(htmlReport(historyOf({ hops, samples, endedAtMs: 2_000 }), 0));
    expect(shown).toContain("records/s while at work 10,000");
    expect(shown).toContain("records/s overall 500");
  });

  it("has its errors before its charts, each kind once", () => {
    const hops = [
      hopOf(killed),
      hopOf({ ...killed, attempt: 2, error: killed.error.replace("503f", "604f") }),
      hopOf({ status: "error", error: "TypeError: x is not a function" }),
      hopOf({ hop: 1 }),
    ];
    const html = htmlReport(historyOf({ hops }), 0);
    expect(html.indexOf('class="errors"')).toBeLessThan(html.indexOf("<svg"));
    expect(text(html)).toContain(
      "Errors 3 of 4 invocations exit 2 times RequestId: … Error: signal: killed hop 0 at 0 ms",
    );
    expect(html).toContain('href="#invocation-2"');
    expect(html).toContain('id="invocation-2"');
  });

  it("shows names decoded, and nothing from outside as markup", () => {
    const run = "fn/s3:in/%3Cb%3Ecities+of+%C3%96sterreich@1";
    const html = htmlReport(
      historyOf({ run, input: { name: "<i>", bytes: 1 }, hops: [hopOf({ run }), hopOf({ run: "x" })] }),
      0,
    );
    expect(html).toContain("&#60;b&#62;cities of Österreich");
    expect(html).not.toContain("<i>");
    expect(html).not.toContain("%3C");
  });

  it("loads nothing, and permits its own script alone", () => {
    const html = htmlReport(historyOf(), 0);
    const [, script = ""] = html.match(/<script>([\s\S]*?)<\/script>/) ?? [];
    const hash = createHash("sha256").update(script).digest("base64");
    expect(html).toContain(`default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'`);
    expect(html).not.toMatch(/\b(?:src|href)="(?!#)|@import|url\(/);
  });

  it("shows cost over time where the history has it", () => {
    expect(htmlReport(historyOf(), 0)).not.toContain("Cost</h2>");
    const hops = [
      hopOf({ costUsd: 0.000_02 }),
      hopOf({ hop: 1, startedAtMs: 1_000, endedAtMs: 2_000, costUsd: 0.000_05 }),
    ];
    expect(htmlReport(historyOf({ hops, endedAtMs: 2_000 }), 0)).toContain(
      "Estimated cost over time: $0.000050 at the end",
    );
  });

  it("has invocations in pieces, if they are many", () => {
    const hops = Array.from({ length: 1_000 }, (_, hop) => hopOf({ hop, ...(hop === 150 && killed) }));
    const html = htmlReport(historyOf({ hops }), 0);
    expect(html.match(/<details>/g)).toHaveLength(10);
    expect(text(html)).toContain("Invocations 101 to 200 1 with an error");
  });
});
