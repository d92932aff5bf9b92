interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

/** A template as CDK synthesizes it; what is no policy may be anything. */
export interface PolicyTemplate {
  readonly Resources: Readonly<Record<string, unknown>>;
}

/**
 * Lists what the policies of a template allow, without deploying it: `s3:GetObject on Source/in/*`, sorted. Resources are named by
 * their constructs, without CDK's hashes; ARNs of S3 by the part behind `:::`; what the platform fills in, such as the
 * account, is left out.
 *
 * @param isWanted - Whether a policy counts, by its logical id. Default: all.
 *
 * @example
 * ```ts
 * expect(statedPermissions(template.toJSON(), (id) => id.startsWith("Worker"))).toEqual(["sqs:SendMessage on Failures"]);
 * ```
 */
export function statedPermissions(
  { Resources }: PolicyTemplate,
  isWanted: (policyId: string) => boolean = () => true,
): string[] {
  return Object.entries(Resources)
    .filter(([id, resource]) => isPolicy(resource) && isWanted(id))
    .flatMap(([, resource]) => (resource as Policy).Properties.PolicyDocument.Statement)
    .filter(({ Effect }) => Effect === "Allow")
    .flatMap(({ Action, Resource }) =>
      [Action].flat().flatMap((action) => [Resource].flat().map((resource) => `${action} on ${nameOf(resource)}`)),
    )
    .sort();
}

interface Policy {
  readonly Properties: { readonly PolicyDocument: { readonly Statement: readonly Statement[] } };
}

function isPolicy(resource: unknown): resource is Policy {
  return (
    typeof resource === "object" && resource !== null && "Type" in resource && resource.Type === "AWS::IAM::Policy"
  );
}

function nameOf(resource: unknown): string {
  return rendered(resource).replace(/^arn:[^:]*:s3:::/, "");
}

/** A value of a template as text; what only CloudFormation can say is `…`. */
function rendered(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return String(value);
  const [[name, of] = ["", undefined], ...more] = Object.entries(value);
  if (more.length === 0 && name === "Ref") return String(of).startsWith("AWS::") ? "" : constructOf(String(of));
  if (more.length === 0 && name === "Fn::GetAtt") return constructOf(String((of as readonly unknown[])[0]));
  if (more.length === 0 && name === "Fn::Join") {
    const [separator, parts] = of as readonly [string, readonly unknown[]];
    return parts.map(rendered).join(separator);
  }
  return "…";
}

/** CDK ends logical ids with eight hexadecimal digits. */
function constructOf(logicalId: string): string {
  return logicalId.replace(/[0-9A-F]{8}$/, "");
}
