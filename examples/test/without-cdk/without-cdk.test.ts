import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { permissionsOf } from "./needs.ts";
import { needsOfConstruct } from "./needs-of-construct.ts";
import { needsOfSst } from "./needs-of-sst.ts";
import { type Configuration, needsOfTerraform } from "./needs-of-terraform.ts";

// Its types bring those of browsers along, which differ from Node's.
const { parse } = createRequire(import.meta.url)("@cdktf/hcl2json") as {
  parse(name: string, text: string): Promise<Configuration>;
};
const sample = (name: string) => readFile(new URL(`../../without-cdk/${name}`, import.meta.url), "utf8");
const construct = needsOfConstruct();

describe("samples that cannot be deployed here give what the constructs give", () => {
  it("which is measured: none of it is missing", () => {
    const values = (value: unknown): unknown[] =>
      typeof value === "object" && value !== null ? Object.values(value).flatMap(values) : [value];
    expect(values(construct)).not.toContain(undefined);
    expect(values(construct)).not.toContain("");
    expect(construct.worker.permissions).toHaveLength(5);
    expect(construct.sweeper.permissions).toHaveLength(4);
  });

  it("sst.config.ts", async () => {
    // By its address: what it finds in global names, no compiler of this workspace knows.
    const { href } = new URL("../../without-cdk/sst.config.ts", import.meta.url);
    expect(await needsOfSst(() => import(/* @vite-ignore */ href))).toStrictEqual(construct);
  });

  it("main.tf", async () => {
    expect(needsOfTerraform(await parse("main.tf", await sample("main.tf")))).toStrictEqual(construct);
  });

  it.each(["worker", "sweeper"] as const)("console/%s-policy.json", async (name) => {
    const { Statement } = JSON.parse(await sample(`console/${name}-policy.json`)) as {
      Statement: { Action: string | string[]; Resource: string | string[] }[];
    };
    const part = (arn: string) =>
      arn
        .replace(/^arn:aws:\w+:REGION:ACCOUNT:(?:\w+[:/])?(?=orders-)/, "")
        .replace("orders-runs", "table")
        .replace(/^orders-/, "");
    const statements = Statement.map(({ Action, Resource }) => ({
      actions: [Action].flat(),
      resources: [Resource].flat().map(part),
    }));
    expect(permissionsOf(statements)).toStrictEqual(construct[name].permissions);
  });
});

describe("each sample shows the setting that keeps tenants apart, and leaves it off", () => {
  it("main.tf", async () => {
    const { resource, variable } = await parse("main.tf", await sample("main.tf"));
    const { dynamic } = resource.aws_lambda_function?.worker?.[0] ?? {};
    expect(dynamic.tenancy_config[0].content).toEqual([{ tenant_isolation_mode: "PER_TENANT" }]);
    expect(variable.isolates_tenants?.[0]?.default).toBe(false);
  });

  it("template.yaml", async () => {
    const text = await sample("template.yaml");
    expect(text).toContain(
      "TenancyConfig: !If [IsolatesTenants, { TenantIsolationMode: PER_TENANT }, !Ref AWS::NoValue]",
    );
    expect(text).toContain('AllowedValues: ["no", "yes"]\n    Default: "no"');
  });

  it.each([
    ["serverless.yml", "  #       TenancyConfig: { TenantIsolationMode: PER_TENANT }"],
    ["sst.config.ts", '        // function: { tenancyConfig: { tenantIsolationMode: "PER_TENANT" } },'],
  ])("%s", async (name, line) => {
    expect((await sample(name)).split("\n")).toContain(line);
  });
});
