import { FUNCTION, type Route, readFields, route } from "./http-route.ts";
import { invalidParameter, LambdaError } from "./lambda-error.ts";
import { type InvokePermission, permissionStatement, policyDocument } from "./permission.ts";
import { textField, writeAnswer } from "./rest-json.ts";

/** The resource policy of a function. */
export const permissionRoutes: readonly Route[] = [
  route("GET", `/2015-03-31${FUNCTION}/policy`, "GetPolicy", ({ call, context, functionName }) => {
    const record = context.registry.find(functionName);
    if (record.permissions.length === 0) throw noPolicy("The resource you requested does not exist.");
    writeAnswer(call, 200, {
      Policy: policyDocument(record.arn, record.permissions),
      RevisionId: record.latest.deployment,
    });
  }),
  route("POST", `/2015-03-31${FUNCTION}/policy`, "AddPermission", async (operation) => {
    const { call, context, functionName, query } = operation;
    const fields = await readFields(operation);
    const record = context.registry.find(functionName);
    const text = (name: string) => textField(fields, name);
    const required = (name: string) => {
      const value = text(name);
      if (value === undefined) throw invalidParameter(`${name} is missing.`);
      return value;
    };
    const [sourceArn, sourceAccount, qualifier] = [text("SourceArn"), text("SourceAccount"), query.get("Qualifier")];
    const permission: InvokePermission = {
      statementId: required("StatementId"),
      action: required("Action"),
      principal: required("Principal"),
      ...(sourceArn !== undefined && { sourceArn }),
      ...(sourceAccount !== undefined && { sourceAccount }),
      ...(qualifier !== null && { qualifier }),
    };
    // A qualifier that is not there has no policy.
    context.registry.resolve(functionName, qualifier ?? undefined);
    context.deployment.addPermission(functionName, permission);
    writeAnswer(call, 201, { Statement: JSON.stringify(permissionStatement(record.arn, permission)) });
  }),
  route("DELETE", `/2015-03-31${FUNCTION}/policy/([^/]+)`, "RemovePermission", (operation) => {
    const { call, context, functionName, subject } = operation;
    const { permissions } = context.registry.find(functionName);
    if (permissions.length === 0) throw noPolicy("No policy is associated with the given resource.");
    if (!permissions.some(({ statementId }) => statementId === subject)) {
      throw noPolicy(`Statement ${subject} is not found in resource policy.`);
    }
    context.deployment.removePermission(functionName, subject);
    writeAnswer(call, 204, undefined);
  }),
];

function noPolicy(message: string): LambdaError {
  return new LambdaError("ResourceNotFoundException", 404, message);
}
