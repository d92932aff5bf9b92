import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { emptyStack, handlerFile as entry, templateOf } from "../test/synthesize.ts";
import { RecursiveFunction } from "./recursive-function.ts";
import { RunDashboard, type RunDashboardProps } from "./run-dashboard.ts";

const withProps = (props: Partial<RunDashboardProps> = {}) =>
  templateOf((stack) => {
    const functions = ["Importer", "Mailer"].map(
      (id) => new RecursiveFunction(stack, id, { entry, memorySize: 2_048 }),
    );
    new RunDashboard(stack, "Dashboard", { functions, ...props });
  });

interface Widget {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly properties: { readonly title: string; readonly metrics: readonly unknown[][] };
}

/** The widgets of the dashboard, with the names of resources in place of their values. */
function widgetsOf(template: ReturnType<typeof withProps>): Widget[] {
  const [resource] = Object.values(template.findResources("AWS::CloudWatch::Dashboard"));
  const join: readonly [string, readonly unknown[]] = resource?.Properties.DashboardBody["Fn::Join"];
  const text = join[1].map((part) => (typeof part === "string" ? part : JSON.stringify(part).replace(/[^\w.]/g, "")));
  return JSON.parse(text.join("")).widgets;
}

describe("a RunDashboard", () => {
  it("shows six graphs of each function, side by side", () => {
    const widgets = widgetsOf(withProps());
    expect(widgets.map(({ properties }) => properties.title)).toEqual(
      ["Importer", "Mailer"].flatMap((name) =>
        [
          "hops a minute",
          "ends of runs",
          "steps",
          "hand-off, and time left behind it",
          "cost in an hour, USD",
          "events that wait, and that failed",
        ].map((title) => `${name}: ${title}`),
      ),
    );
    const places = widgets.map(({ x, y }) => `${x},${y}`);
    expect(new Set(places).size).toBe(widgets.length);
    expect(widgets.every(({ x, width }) => x + width <= 24)).toBe(true);
  });

  it("of Lambda's metrics and those of emfObserver()", () => {
    const names = widgetsOf(withProps()).flatMap(({ properties }) =>
      properties.metrics.map(([namespace, name]) =>
        typeof namespace === "string" ? `${namespace} ${String(name)}` : "",
      ),
    );
    expect(names).toEqual(
      expect.arrayContaining([
        "AWS/Lambda Invocations",
        "AWS/Lambda AsyncEventAge",
        "AWS/SQS ApproximateNumberOfMessagesVisible",
        "Longhaul RunsDone",
        "Longhaul HandOffMs",
      ]),
    );
  });

  it("with the cost by the memory of the function", () => {
    const [cost] = widgetsOf(withProps()).filter(({ properties }) => properties.title.includes("cost"));
    // By hand: 2 GB at 0.0000133334 USD a GB-second.
    expect(JSON.stringify(cost?.properties.metrics)).toContain("duration * 2.66668e-8");
  });

  it("of another namespace, under another name", () => {
    const template = withProps({ namespace: "Imports", dashboardName: "imports" });
    template.hasResourceProperties("AWS::CloudWatch::Dashboard", {
      DashboardName: "imports",
      DashboardBody: Match.anyValue(),
    });
    expect(JSON.stringify(widgetsOf(template))).not.toContain('"Longhaul"');
  });

  it("needs a function", () => {
    expect(() => new RunDashboard(emptyStack(), "Dashboard", { functions: [] })).toThrow(
      "functions must have at least one",
    );
  });
});

describe("RecursiveFunction.metric()", () => {
  it("is what emfObserver() writes for this function", () => {
    const worker = new RecursiveFunction(emptyStack(), "Worker", { entry });
    expect(worker.metric("RunsFailed", { statistic: "Sum" })).toMatchObject({
      namespace: "Longhaul",
      metricName: "RunsFailed",
      statistic: "Sum",
      dimensions: { service: worker.function.functionName },
    });
    expect(worker.metric("Steps", { namespace: "N", service: "s" })).toMatchObject({
      namespace: "N",
      dimensions: { service: "s" },
    });
  });
});
