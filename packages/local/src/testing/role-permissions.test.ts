import { describe, expect, it } from "vitest";
import { type PolicyStatement, Roles } from "../cloudformation/roles.ts";
import { isNamed } from "./policy-decision.ts";
import { byPolicies, permissionsOf, UnsupportedPolicyError } from "./role-permissions.ts";

const roleArn = "arn:aws:iam::000000000000:role/worker";
const photos = "arn:aws:s3:::photos/*";
const photo = "arn:aws:s3:::photos/2026/cat.jpg";

const permitting = (more: Partial<PolicyStatement>): PolicyStatement => ({
  sid: undefined,
  effect: "Allow",
  actions: [],
  notActions: [],
  resources: [],
  notResources: [],
  condition: undefined,
  principal: undefined,
  ...more,
});
const denying = (more: Partial<PolicyStatement>) => permitting({ effect: "Deny", ...more });

/** The template to deploy: a role with one policy. */
function deployed(...statements: PolicyStatement[]) {
  const roles = new Roles();
  const role = { name: "worker", arn: roleArn, trust: [], managedPolicyArns: [] };
  roles.add(role, new Map([["policy", statements]]));
  return { roles };
}

/** Asks for calls of the role. */
const asking =
  (...statements: PolicyStatement[]) =>
  (action: string, resourceArn: string) =>
    byPolicies(() => deployed(...statements))({ accessKeyId: "key", roleArn }, action, resourceArn);

describe("a pattern of IAM", () => {
  it.each([
    ["s3:GetObject", "s3:GetObject", true],
    ["s3:GetObject", "s3:GetObjectTagging", false],
    ["s3:Get*", "s3:GetObjectTagging", true],
    ["s3:?etObject", "s3:GetObject", true],
    ["s3:GetObject?", "s3:GetObject", false],
    ["*", "arn:aws:s3:::b/a\nb", true],
    [photos, photo, true],
    [photos, "arn:aws:s3:::photos", false],
    ["arn:aws:s3:::a.b/(c)[d]{e}|^$+\\", "arn:aws:s3:::a.b/(c)[d]{e}|^$+\\", true],
    ["arn:aws:s3:::a.b", "arn:aws:s3:::axb", false],
  ])("%s, and %s: %s", (pattern, name, answer) => {
    expect(isNamed(pattern, name)).toBe(answer);
  });
});

describe("by the policies of a role", () => {
  it("a call is permitted if a statement names its action and its resource", () => {
    const ask = asking(permitting({ actions: ["s3:GetObject", "s3:Put*"], resources: ["arn:aws:s3:::other", photos] }));
    expect(ask("s3:GetObject", photo)).toBe(true);
    expect(ask("S3:putobject", photo)).toBe(true);
    expect(ask("s3:DeleteObject", photo)).toBe(false);
    expect(ask("s3:GetObject", "arn:aws:s3:::letters/1")).toBe(false);
    expect(ask("s3:GetObject", photo.toUpperCase())).toBe(false);
  });

  it("nothing is permitted to a role without any, or that is not there; callers from outside may do all", () => {
    const nothing = byPolicies(() => ({ roles: new Roles() }));
    expect(asking()("s3:GetObject", photo)).toBe(false);
    expect(nothing({ accessKeyId: "key", roleArn }, "s3:GetObject", photo)).toBe(false);
    expect(nothing({ accessKeyId: "key" }, "s3:GetObject", photo)).toBe(true);
  });

  it("what is denied is denied, whatever permits it", () => {
    const ask = asking(
      permitting({ actions: ["*"], resources: ["*"] }),
      denying({ actions: ["s3:Delete*"], resources: [photos] }),
    );
    expect(ask("s3:DeleteObject", photo)).toBe(false);
    expect(ask("s3:DeleteObject", "arn:aws:s3:::letters/1")).toBe(true);
    expect(ask("s3:GetObject", photo)).toBe(true);
  });

  it("NotAction and NotResource are all but what they name", () => {
    const ask = asking(permitting({ notActions: ["s3:Delete*", "iam:*"], notResources: [photos] }));
    expect(ask("s3:GetObject", "arn:aws:s3:::letters/1")).toBe(true);
    expect(ask("s3:GetObject", photo)).toBe(false);
    expect(ask("s3:DeleteObject", "arn:aws:s3:::letters/1")).toBe(false);
    expect(ask("iam:passRole", "arn:aws:s3:::letters/1")).toBe(false);
    const careful = asking(
      permitting({ actions: ["*"], resources: ["*"] }),
      denying({ notActions: ["s3:*"], notResources: [photos] }),
    );
    expect(careful("sqs:SendMessage", "arn:aws:sqs:us-east-1:000000000000:q")).toBe(false);
    expect(careful("s3:GetObject", "arn:aws:s3:::letters/1")).toBe(true);
  });

  it("a statement without an action or a resource is about none", () => {
    expect(asking(permitting({ resources: ["*"] }))("s3:GetObject", photo)).toBe(false);
    expect(asking(permitting({ actions: ["*"] }))("s3:GetObject", photo)).toBe(false);
  });

  it("a role that is deployed anew has its new policies", () => {
    let now = deployed(permitting({ actions: ["s3:*"], resources: ["*"] }));
    const authorize = byPolicies(() => now);
    expect(authorize({ accessKeyId: "key", roleArn }, "s3:GetObject", photo)).toBe(true);
    now = deployed();
    expect(authorize({ accessKeyId: "key", roleArn }, "s3:GetObject", photo)).toBe(false);
  });
});

describe("what is not decided is refused, if the answer hangs on it:", () => {
  const condition = { StringEquals: { "aws:SourceAccount": "000000000000" } };
  const all = permitting({ actions: ["*"], resources: ["*"] });
  const conditional = { sid: "OnlyOurs", actions: ["s3:GetObject"], resources: [photos], condition };
  const mine = { actions: ["s3:GetObject"], resources: [`arn:aws:s3:::photos/\${aws:username}/*`] };

  it.each([
    ["permitted under a condition", [permitting(conditional)]],
    ["denied under a condition", [all, denying(conditional)]],
    ["permitted by a variable", [permitting(mine)]],
    ["denied by a variable", [all, denying(mine)]],
    ["denied but for a variable", [all, denying({ actions: ["*"], notResources: mine.resources })]],
  ])("%s", (_, statements) => {
    expect(() => asking(...statements)("s3:GetObject", photo)).toThrow(UnsupportedPolicyError);
  });

  it.each([
    ["permitted by another statement", true, [permitting(conditional), all]],
    [
      "denied by another statement",
      false,
      [permitting(conditional), denying({ actions: ["*"], resources: ["*"] }), denying(conditional)],
    ],
    ["of another action", false, [permitting({ ...conditional, actions: ["s3:PutObject"] })]],
    ["of another resource", false, [permitting({ ...conditional, resources: ["arn:aws:s3:::letters/*"] })]],
    [
      "permitted by another resource of the statement",
      true,
      [permitting({ ...mine, resources: ["*", ...mine.resources] })],
    ],
  ])("not %s", (_, answer, statements) => {
    expect(asking(...statements)("s3:GetObject", photo)).toBe(answer);
  });

  it("the error names role, statement, reason and call", () => {
    expect(() => asking(permitting(conditional))("s3:GetObject", photo)).toThrow(
      /role\/worker, statement "OnlyOurs", has a Condition.*s3:GetObject on arn:aws:s3:::photos\/2026\/cat.jpg/,
    );
    expect(() => asking(permitting(mine))("s3:GetObject", "arn:aws:s3:::photos/a/b")).toThrow(
      /statement "Allow s3:GetObject", has a policy variable/,
    );
  });
});

describe("the permissions of a role", () => {
  it("are each action with each resource; of a role that is not there, none", () => {
    const aws = deployed(
      permitting({ actions: ["s3:GetObject", "s3:PutObject"], resources: [photos, "*"] }),
      permitting({ actions: ["sqs:SendMessage"], resources: ["arn:q"] }),
    );
    expect(permissionsOf(aws, roleArn)).toEqual([
      { action: "s3:GetObject", resource: photos },
      { action: "s3:GetObject", resource: "*" },
      { action: "s3:PutObject", resource: photos },
      { action: "s3:PutObject", resource: "*" },
      { action: "sqs:SendMessage", resource: "arn:q" },
    ]);
    expect(permissionsOf(aws, `${roleArn}-2`)).toEqual([]);
  });

  it.each([
    ["denies", denying({ actions: ["s3:*"], resources: ["*"] })],
    ["has a Condition", permitting({ actions: ["s3:*"], resources: ["*"], condition: {} })],
    ["has a NotAction", permitting({ notActions: ["s3:*"], resources: ["*"] })],
    ["has a NotResource", permitting({ actions: ["s3:*"], notResources: ["*"] })],
  ])("are not listed where a statement %s", (what, statement) => {
    const list = () => permissionsOf(deployed(statement), roleArn);
    expect(list).toThrow(UnsupportedPolicyError);
    expect(list).toThrow(what);
  });
});
