import { createServer } from "node:http";
import { context, ROOT_CONTEXT, SpanStatusCode, trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  BatchSpanProcessor,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { describe, expect, it } from "vitest";
import { type Observer, recursive } from "../index.ts";
import type { RunEvent } from "../observe/observer.ts";
import { flushed, type OtelOptions, otelObserver, RunIds } from "../otel.ts";
import { type ScriptedCrash, simulate } from "../testing.ts";

const ITEMS = 200;

/** A job of 200 items of 5 s, in invocations of a minute: about 20 hops. */
const job = (observer: Observer) =>
  recursive({
    start: () => ({ next: 0 }),
    async *run(state, { progress }) {
      for (let next = state.next; next < ITEMS; ) {
        next += 1;
        progress({ records: next });
        yield { next };
      }
    },
    observers: [observer],
  });

function inMemory(options: Partial<OtelOptions> = {}) {
  const exporter = new InMemorySpanExporter();
  const ids = new RunIds();
  const provider = new TracerProvider({ idGenerator: ids, spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  const observer = otelObserver({ tracer: provider.getTracer("test"), ids, ...options });
  return { provider, observer, spans: () => exporter.getFinishedSpans() };
}

const simulated = (observer: Observer, crashAt: ScriptedCrash[] = []) =>
  simulate({
    seed: 1,
    faults: "calm",
    store: true,
    timeoutMs: 60_000,
    stepMs: [4_000, 6_000],
    handler: () => job(observer),
    crashAt,
  });

const named = (spans: readonly ReadableSpan[], name: string | RegExp) => spans.filter((span) => span.name.match(name));

describe("a run is one trace", () => {
  it("of all its hops, each linked to the hand-off that began it", async () => {
    const { observer, spans } = inMemory();
    const { outcome } = await simulated(observer);
    expect(outcome).toBe("done");
    expect(new Set(spans().map((span) => span.spanContext().traceId)).size).toBe(1);
    const hops = named(spans(), /^hop/);
    expect(hops.length).toBeGreaterThan(15);
    const [root] = named(spans(), /^run$/);
    expect(root?.parentSpanContext).toBeUndefined();
    for (const hop of hops) expect(hop.parentSpanContext?.spanId).toBe(root?.spanContext().spanId);
    const handOffs = named(spans(), "hand-off");
    expect(handOffs).toHaveLength(hops.length - 1);
    expect(hops.slice(1).map(({ links }) => links.map((link) => link.context.spanId))).toEqual(
      handOffs.map((span) => [span.spanContext().spanId]),
    );
    expect(hops.at(-1)?.attributes).toMatchObject({
      "longhaul.end": "done",
      "longhaul.hop": hops.length - 1,
      "longhaul.progress.records": ITEMS,
    });
  });

  it("also if a process is killed: the next attempt has a span of its own", async () => {
    const { observer, spans } = inMemory();
    const { outcome, stats } = await simulated(observer, [{ hop: 7, await: 4 }]);
    expect({ outcome, crashes: stats.crashes }).toEqual({ outcome: "done", crashes: 1 });
    const [again] = named(spans(), /^hop 7$/);
    expect(named(spans(), /^hop 7$/)).toHaveLength(1);
    expect(again?.attributes["longhaul.attempt"]).toBe(2);
    expect(again?.links).toHaveLength(1);
    expect(new Set(spans().map((span) => span.spanContext().spanId)).size).toBe(spans().length);
  });

  it("while it runs: nothing is kept open between hops", async () => {
    const { observer, spans } = inMemory();
    let atHop5: number | undefined;
    await simulated({
      observe(event) {
        observer.observe(event);
        if (event.type === "hop.start" && event.hop === 5) atHop5 = named(spans(), /^(run|hop)/).length;
      },
    });
    expect(atHop5).toBe(6);
  });

  it("the same one in every process, and another for another run", () => {
    const [first, second, other] = ["run-1", "run-1", "run-2"].map((run) => {
      const { observer, spans } = inMemory();
      for (const event of hopOf(run)) observer.observe(event);
      return named(spans(), /^run$/).map((span) => span.spanContext());
    });
    expect(first).toHaveLength(1);
    expect(first).toEqual(second);
    expect(other?.[0]?.traceId).not.toBe(first?.[0]?.traceId);
  });

  const STARTER = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };
  const traceparent = (flags: string) => `00-${STARTER.traceId}-${STARTER.spanId}-${flags}`;

  it("that continues the trace of the event's traceparent, if asked to: all hops, and links between them", async () => {
    const { observer, spans } = inMemory({ continuesTrace: true });
    const { outcome } = await simulate({
      ...{ seed: 1, faults: "calm", store: true, timeoutMs: 60_000, stepMs: [4_000, 6_000] },
      event: { traceparent: traceparent("01") },
      handler: () => job(observer),
    });
    expect(outcome).toBe("done");
    expect(new Set(spans().map((span) => span.spanContext().traceId))).toEqual(new Set([STARTER.traceId]));
    const [root] = named(spans(), /^run$/);
    expect(root?.parentSpanContext).toMatchObject(STARTER);
    expect(root?.links).toEqual([]);
    const hops = named(spans(), /^hop/);
    for (const hop of hops) expect(hop.parentSpanContext?.spanId).toBe(root?.spanContext().spanId);
    const handOffs = named(spans(), "hand-off").map((span) => span.spanContext().spanId);
    expect(hops.slice(1).map(({ links }) => links[0]?.context.spanId)).toEqual(handOffs);
  });

  it.each<[string, Partial<OtelOptions>, string, number]>([
    ["an unsampled parent", { continuesTrace: true }, traceparent("00"), 0],
    ["a parent that is sampled, whatever the ratio", { continuesTrace: true, sampleRatio: 0 }, traceparent("03"), 2],
    ["a parent that is none", { continuesTrace: true }, "00-0-0-01", 2],
    ["a parent of only zeros", { continuesTrace: true }, `00-${"0".repeat(32)}-${"0".repeat(16)}-01`, 2],
    ["the forbidden version", { continuesTrace: true }, traceparent("01").replace("00", "ff"), 2],
  ])("of %s", (_, options, given, count) => {
    const { observer, spans } = inMemory(options);
    for (const event of hopOf("run-1")) observer.observe({ ...event, traceparent: given });
    expect(spans()).toHaveLength(count);
  });

  it("of its own by default, whose root links to the span of the traceparent", () => {
    const { observer, spans } = inMemory();
    for (const event of hopOf("run-1")) observer.observe({ ...event, traceparent: traceparent("01") });
    const [root] = named(spans(), /^run$/);
    expect(root?.links.map(({ context }) => context)).toMatchObject([STARTER]);
    expect(root?.spanContext().traceId).not.toBe(STARTER.traceId);
    expect(root?.parentSpanContext).toBeUndefined();
  });

  it("to which the span links that was active when the run began", () => {
    const { observer, spans, provider } = inMemory();
    const starter = provider.getTracer("starter").startSpan("order placed");
    const [begins, ends] = hopOf("run-1");
    // As an instrumentation of the function keeps it.
    context.setGlobalContextManager({
      active: () => trace.setSpan(ROOT_CONTEXT, starter),
      with: (_, fn, that, ...args) => fn.call(that as never, ...args),
      bind: (_, target) => target,
      enable() {
        return this;
      },
      disable() {
        return this;
      },
    });
    observer.observe(begins);
    context.disable();
    observer.observe(ends);
    expect(named(spans(), /^run$/)[0]?.links.map((link) => link.context)).toEqual([starter.spanContext()]);
  });
});

const base = { hop: 0, at: 1_800_000_000_000.5, steps: 0, remainingMs: 9_000, windowMs: 9_000, progress: {} };
const startOf = (run: string): RunEvent => ({
  ...base,
  run,
  type: "hop.start",
  reserveMs: 500,
  attempt: 1,
  startedAt: base.at,
});
const hopOf = (run: string): [RunEvent, RunEvent] => [startOf(run), { ...base, run, type: "done", costUsd: 0.5 }];

describe("the end of a hop is in its span", () => {
  it.each<[string, object, object, SpanStatusCode]>([
    [
      "an error",
      { type: "error", code: "INPUT_CHANGED", message: "It changed." },
      { "longhaul.end": "error" },
      SpanStatusCode.ERROR,
    ],
    [
      "a failed run",
      { type: "stopped", phase: "failed", code: "NO_ORDER", message: "There is none." },
      { "longhaul.end": "failed", "longhaul.code": "NO_ORDER" },
      SpanStatusCode.ERROR,
    ],
    [
      "a run that was paused",
      { type: "stopped", phase: "paused", code: "PAUSE_REQUESTED", message: "" },
      { "longhaul.end": "paused", "longhaul.code": "PAUSE_REQUESTED" },
      SpanStatusCode.UNSET,
    ],
    [
      "one that was overtaken",
      { type: "duplicate", refusal: "fenced" },
      { "longhaul.refusal": "fenced" },
      SpanStatusCode.UNSET,
    ],
  ])("%s", (_, end, attributes, status) => {
    const { observer, spans } = inMemory();
    observer.observe(startOf("run-1"));
    observer.observe({ ...base, run: "run-1", at: base.at + 7, ...end } as RunEvent);
    const [span] = named(spans(), /^hop/);
    expect(span?.attributes).toMatchObject(attributes);
    expect(span?.status.code).toBe(status);
    expect(span?.duration).toEqual([0, 7_000_000]);
  });

  it("and an event that is refused has a span of its own, with the reason; the hop at work continues", () => {
    const { observer, spans } = inMemory();
    observer.observe({ ...startOf("run-1"), hop: 3 });
    observer.observe({ ...base, run: "run-1", hop: 3, type: "duplicate", refusal: "over" });
    expect(spans().map(({ name, attributes }) => ({ name, ...attributes }))).toEqual([
      { name: "duplicate of hop 3", "longhaul.run": "run-1", "longhaul.hop": 3, "longhaul.refusal": "over" },
    ]);
  });
});

describe("sampleRatio traces a share of the runs, each wholly or not at all", () => {
  it.each([
    [0, 0, 0],
    [0.25, 180, 320],
    [1, 1_000, 1_000],
  ])("%d", (sampleRatio, least, most) => {
    const { observer, spans } = inMemory({ sampleRatio });
    for (let run = 0; run < 1_000; run++) for (const event of hopOf(`run-${run}`)) observer.observe(event);
    expect(named(spans(), /^hop/).length).toBe(named(spans(), /^run$/).length);
    expect(named(spans(), /^hop/).length).toBeGreaterThanOrEqual(least);
    expect(named(spans(), /^hop/).length).toBeLessThanOrEqual(most);
  });

  it.each([-0.1, 1.1, Number.NaN, "0.5" as never])("%s is refused", (sampleRatio) => {
    expect(() => inMemory({ sampleRatio })).toThrow("sampleRatio must be from 0 to 1");
  });
});

describe("metrics", () => {
  it("count hops by their end, and steps, and measure hand-offs, the reserve and cost", async () => {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const provider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] });
    const { observer, spans } = inMemory({ meter: provider.getMeter("test") });
    await simulated(observer);
    await provider.forceFlush();
    const points = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics));
    const valuesOf = (name: string) =>
      points
        .filter(({ descriptor }) => descriptor.name === name)
        .flatMap(({ dataPoints }) => dataPoints.map(({ attributes, value }) => [attributes, value]));
    const hops = named(spans(), /^hop/).length;
    expect(valuesOf("longhaul.hops")).toEqual([
      [{ end: "handoff" }, hops - 1],
      [{ end: "done" }, 1],
    ]);
    expect(valuesOf("longhaul.steps")).toEqual([[{}, ITEMS]]);
    expect(valuesOf("longhaul.handoff.duration")).toEqual([[{}, expect.objectContaining({ count: hops - 1 })]]);
    expect(valuesOf("longhaul.reserve")).toEqual([[{}, expect.objectContaining({ count: hops })]]);
    expect(valuesOf("longhaul.run.cost")).toEqual([
      [{}, expect.objectContaining({ count: 1, sum: expect.any(Number) })],
    ]);
    await provider.shutdown();
  });

  const itemsOf = async (given: Partial<OtelOptions>, observed: (observer: Observer) => Promise<void> | void) => {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const provider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] });
    await observed(inMemory({ meter: provider.getMeter("test"), ...given }).observer);
    await provider.forceFlush();
    const metrics = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics));
    await provider.shutdown();
    return metrics.find(({ descriptor }) => descriptor.name === "longhaul.items")?.dataPoints[0]?.value;
  };

  it("count each item once over all hops, though the work reports the sum of the run", async () => {
    expect(await itemsOf({}, async (observer) => void (await simulated(observer)))).toBe(ITEMS);
  });

  it.each<[string, Partial<OtelOptions>, number | undefined]>([
    ["of another name", { items: "keys" }, 7],
    ["of a name that nobody reports", { items: "rows" }, undefined],
  ])("count items %s", async (_, options, count) => {
    const items = await itemsOf(options, (observer) => {
      const [start, end] = hopOf("run-1");
      observer.observe({ ...start, hop: 3, progress: { keys: 10 } });
      // Refused; it has nothing to do with the hop at work.
      observer.observe({ ...end, hop: 3, type: "duplicate", refusal: "lease-live", progress: {} });
      observer.observe({ ...end, hop: 3, progress: { keys: 17 } });
    });
    expect(items).toBe(count);
  });
});

describe("flushed() exports before the invocation ends", () => {
  const invocation = (leftMs = 60_000) => ({ getRemainingTimeInMillis: () => leftMs }) as never;

  it("by OTLP over HTTP, every span of every hop", async () => {
    const names: string[] = [];
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const body = JSON.parse(Buffer.concat(chunks).toString("utf8"));
      for (const { scopeSpans } of body.resourceSpans)
        for (const { spans } of scopeSpans) names.push(...spans.map(({ name }: { name: string }) => name));
      response.setHeader("content-type", "application/json").end("{}");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    const exporter = new OTLPTraceExporter({ url: `http://127.0.0.1:${port}/v1/traces` });
    const ids = new RunIds();
    const provider = new TracerProvider({ idGenerator: ids, spanProcessors: [new BatchSpanProcessor({ exporter })] });
    const observer = otelObserver({ tracer: provider.getTracer("test"), ids });
    const handler = flushed(async () => {
      for (const event of hopOf("run-1")) observer.observe(event);
      return "answer";
    }, provider);
    expect(await handler({}, invocation())).toBe("answer");
    expect(names.sort()).toEqual(["hop 0", "run"]);
    await provider.shutdown();
    server.close();
  });

  it.each<[string, () => Promise<void>]>([
    ["fails", async () => Promise.reject(new Error("no collector"))],
    ["never ends", () => new Promise(() => {})],
  ])("and an export that %s changes nothing", async (_, forceFlush) => {
    expect(await flushed(async () => "answer", { forceFlush }, { timeoutMs: 20 })({}, invocation())).toBe("answer");
    const failing = flushed(async () => Promise.reject(new Error("no order")), [{ forceFlush }], { timeoutMs: 20 });
    await expect(failing({}, invocation())).rejects.toThrow("no order");
  });

  it("in at most half of what is left of the invocation", async () => {
    let endedAt = 0;
    const never = { forceFlush: () => new Promise<void>(() => {}) };
    await flushed(
      async () => {
        endedAt = performance.now();
      },
      never,
      { timeoutMs: 200_000 },
    )({}, invocation(50));
    expect(performance.now() - endedAt).toBeLessThan(100_000);
  });

  it("and is simulated as the handler itself", async () => {
    const { observer, spans } = inMemory();
    const handler = flushed(job(observer), { forceFlush: async () => {} });
    expect((await simulate({ seed: 1, faults: "calm", timeoutMs: 60_000, handler: () => handler })).outcome).toBe(
      "done",
    );
    expect(named(spans(), /^run$/)).toHaveLength(1);
  });
});
