import type { Queue } from "../queues.ts";
import { sqsFields } from "../request-fields.ts";
import { sqsErrors } from "../sqs-error.ts";
import { authorizedQueue, type SqsOperation } from "./operation.ts";

/** The policy of a queue as `AddPermission` writes it. One that was set by hand may have more. */
interface QueuePolicy {
  readonly Version?: string;
  readonly Id?: string;
  readonly Statement?: readonly { readonly Sid?: string }[];
}

/** `AddPermission`: a statement for accounts in the queue's policy, which is kept but not evaluated here. */
export const addPermission: SqsOperation = (context, input) => {
  const queue = authorizedQueue(context, input, "sqs:AddPermission");
  const label = sqsFields.text(input, "Label");
  const policy = policyOf(queue);
  const { Statement = [] } = policy;
  if (Statement.some(({ Sid }) => Sid === label)) throw invalidLabel(label, "Already exists.");
  const accounts = sqsFields.textList(input, "AWSAccountIds").map((account) => `arn:aws:iam::${account}:root`);
  const actions = sqsFields.textList(input, "Actions").map((action) => `SQS:${action}`);
  for (const [name, values] of Object.entries({ AWSAccountIds: accounts, Actions: actions })) {
    if (values.length === 0) throw sqsErrors.missingParameter(name);
  }
  const statement = {
    Sid: label,
    Effect: "Allow",
    Principal: { AWS: oneOrList(accounts) },
    Action: oneOrList(actions),
    Resource: queue.arn,
  };
  const head = { Version: "2008-10-17", Id: `${queue.arn}/SQSDefaultPolicy` };
  setPolicy(queue, { ...head, ...policy, Statement: [...Statement, statement] });
  return {};
};

/** `RemovePermission`: takes the statement out again; the policy goes with its last one. */
export const removePermission: SqsOperation = (context, input) => {
  const queue = authorizedQueue(context, input, "sqs:RemovePermission");
  const label = sqsFields.text(input, "Label");
  const policy = policyOf(queue);
  const { Statement = [] } = policy;
  const left = Statement.filter(({ Sid }) => Sid !== label);
  if (left.length === Statement.length) throw invalidLabel(label, "can't find label.");
  setPolicy(queue, left.length === 0 ? undefined : { ...policy, Statement: left });
  return {};
};

function policyOf({ attributes }: Queue): QueuePolicy {
  return attributes.Policy ? (JSON.parse(attributes.Policy) as QueuePolicy) : {};
}

function setPolicy(queue: Queue, policy: QueuePolicy | undefined): void {
  queue.attributes = { ...queue.attributes, Policy: policy === undefined ? "" : JSON.stringify(policy) };
}

const oneOrList = (values: readonly string[]) => (values.length === 1 ? values[0] : values);

function invalidLabel(label: string, reason: string): Error {
  return sqsErrors.invalidParameterValue(
    `Value ${label.slice(0, 80)} for parameter Label is invalid. Reason: ${reason}`,
  );
}
