/**
 * A `cdk` command for the embedded AWS, which has no CloudFormation over HTTP: it synthesizes as the CDK's own does, and leaves the
 * deployment to the test that is listening at `CONTROL_URL`.
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

const text = { type: "string" } as const;
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    ...{ app: text, output: text, "outputs-file": text, "require-approval": text },
    context: { type: "string", multiple: true },
    force: { type: "boolean" },
  },
});
const [verb = "", stack = ""] = positionals;
const { app = "", output: assembly = "", context = [] } = values;
if (verb === "deploy") {
  const given = Object.fromEntries(context.map((each) => each.split(/=(.*)/s)));
  const env = { ...process.env, CDK_OUTDIR: assembly, CDK_CONTEXT_JSON: JSON.stringify(given) };
  execFileSync(app, { shell: true, env, stdio: "inherit" });
}
const body = JSON.stringify({ verb, stack, assembly });
const answer = await fetch(process.env.CONTROL_URL ?? "", { method: "POST", body });
const said = await answer.text();
if (!answer.ok) {
  process.stderr.write(`${said}\n`);
  process.exit(1);
}
if (verb === "deploy") writeFileSync(values["outputs-file"] ?? "", JSON.stringify({ [stack]: JSON.parse(said) }));
