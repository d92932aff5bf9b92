import { deliveryAction } from "../events/delivery-action.ts";
import type { FunctionRecord } from "./function-registry.ts";

/** A call that Lambda itself makes with a function's role; no code of the function does. */
export interface OwnCall {
  readonly functionName: string;
  readonly roleArn: string;
  readonly action: string;
  readonly resourceArn: string;
}

/**
 * The calls that Lambda makes with a function's role for its logs and for events that it hands on. They need not happen in
 * a test: a failure's destination is used after a failure.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
 */
export function ownCallsFor(
  { name, latest, eventInvokeConfigs }: FunctionRecord,
  { region, accountId }: { readonly region: string; readonly accountId: string },
): readonly OwnCall[] {
  const { roleArn, logGroup, deadLetterArn } = latest.config;
  const call = (action: string, resourceArn: string) => ({ functionName: name, roleArn, action, resourceArn });
  const targets = [...eventInvokeConfigs.values()].flatMap(({ onFailureArn, onSuccessArn }) => [
    onFailureArn,
    onSuccessArn,
  ]);
  const deliveries = new Set([deadLetterArn, ...targets]);
  return [
    ...["logs:CreateLogStream", "logs:PutLogEvents"].map((action) =>
      call(action, `arn:aws:logs:${region}:${accountId}:log-group:${logGroup}:log-stream:*`),
    ),
    ...[...deliveries].flatMap((arn) => {
      const action = arn && deliveryAction(arn);
      return arn && action ? [call(action, arn)] : [];
    }),
  ];
}
