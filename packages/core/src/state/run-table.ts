import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  paginateScan,
  type ScanCommandInput,
  UpdateItemCommand,
  type UpdateItemCommandOutput,
} from "@aws-sdk/client-dynamodb";
import { RunStoreError } from "../errors.ts";
import { expressionsOf, type ItemUpdate } from "./item-update.ts";
import { attribute, type Item, type ItemValue, recordOfItem } from "./run-item.ts";
import type { RunRecord } from "./run-store.ts";

/** The answer to a conditional write: the record after it, or, refused, as it is. */
export type UpdateAnswer =
  | { readonly ok: true; readonly record: RunRecord }
  | { readonly ok: false; readonly record: RunRecord | undefined };

/** The items of a table, as records. Everything that goes wrong is a {@link RunStoreError}. */
export class RunTable {
  readonly #client: DynamoDBClient;
  readonly #name: string;

  constructor(client: DynamoDBClient, name: string) {
    this.#client = client;
    this.#name = name;
  }

  async get(run: string): Promise<RunRecord | undefined> {
    const input = { TableName: this.#name, Key: keyOf(run), ConsistentRead: true };
    const { Item } = await this.#call("read", run, () => this.#client.send(new GetItemCommand(input)));
    return Item && recordOfItem(Item, this.#name);
  }

  /** Makes a conditional write; refused, answers with the record as it is. */
  async update(run: string, update: ItemUpdate): Promise<UpdateAnswer> {
    const answer = await this.#send(run, update);
    if (!(answer instanceof ConditionalCheckFailedException)) {
      return { ok: true, record: recordOfItem(answer.Attributes ?? {}, this.#name) };
    }
    // Without the old item there was none, or the endpoint (an older emulator) does not know how to return it.
    const record = answer.Item ? recordOfItem(answer.Item, this.#name) : await this.get(run);
    return { ok: false, record };
  }

  /** Makes a conditional write, and says whether it was made. */
  async tryUpdate(run: string, update: ItemUpdate): Promise<boolean> {
    return !((await this.#send(run, update)) instanceof ConditionalCheckFailedException);
  }

  #send(run: string, update: ItemUpdate): Promise<UpdateItemCommandOutput | ConditionalCheckFailedException> {
    const input = {
      TableName: this.#name,
      Key: keyOf(run),
      ...expressionsOf(update),
      ReturnValues: "ALL_NEW",
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    } as const;
    return this.#call("write", run, async () => {
      try {
        return await this.#client.send(new UpdateItemCommand(input));
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return error;
        throw error;
      }
    });
  }

  /**
   * All records that pass the filter, page by page. A damaged item does not hide those behind it: it is reported when
   * all others have been given out.
   */
  async *scan(
    filter: Pick<ScanCommandInput, "FilterExpression" | "ExpressionAttributeNames"> & {
      given?: Record<string, ItemValue>;
    },
  ): AsyncGenerator<RunRecord> {
    const { given = {}, ...expressions } = filter;
    const values = Object.entries(given).map(([name, value]) => [`:${name}`, attribute(value)]);
    const pages = paginateScan(
      { client: this.#client },
      {
        TableName: this.#name,
        ConsistentRead: true,
        ...expressions,
        ...(values.length > 0 && { ExpressionAttributeValues: Object.fromEntries(values) }),
      },
    );
    let damaged: unknown;
    for (;;) {
      const page = await this.#call("list", undefined, () => pages.next());
      if (page.done) break;
      for (const item of page.value.Items ?? []) {
        let record: RunRecord;
        try {
          record = recordOfItem(item, this.#name);
        } catch (error) {
          damaged ??= error;
          continue;
        }
        yield record;
      }
    }
    if (damaged) throw damaged;
  }

  async #call<Answer>(verb: string, run: string | undefined, send: () => Promise<Answer>): Promise<Answer> {
    try {
      return await send();
    } catch (cause) {
      const { name, message } = cause instanceof Error ? cause : { name: "Error", message: String(cause) };
      const what = run === undefined ? `${verb} the runs in` : `${verb} run ${run} in`;
      const advice = /item size/i.test(message)
        ? " An item holds at most 400 KB with the run's event, state and result: pass large input by reference, or keep less in the state."
        : "";
      throw new RunStoreError(`Could not ${what} table ${this.#name}: ${name}: ${message}${advice}`, { cause });
    }
  }
}

function keyOf(run: string): Item {
  return { run: { S: run } };
}
