/** An item as DynamoDB's wire has it. */
export type DynamoDbItem = Readonly<Record<string, AttributeValue>>;

/** A value in DynamoDB's wire format: one field, named for its type. */
type AttributeValue = Readonly<Record<string, unknown>>;

/** A DynamoDB item as plain JSON. Numbers keep all their digits, binary values stay base64, sets become lists. */
export function itemAsJson(item: DynamoDbItem): string {
  const fields = Object.entries(item).map(([name, value]) => `${JSON.stringify(name)}:${plainValue(value)}`);
  return `{${fields.join(",")}}`;
}

function plainValue(attribute: AttributeValue): string {
  const [[type, value] = ["NULL", true]] = Object.entries(attribute);
  if (type === "N") return String(value);
  if (type === "NULL") return "null";
  if (type === "M") return itemAsJson(value as DynamoDbItem);
  if (type === "L") return `[${(value as AttributeValue[]).map(plainValue).join(",")}]`;
  if (type === "NS") return `[${(value as string[]).join(",")}]`;
  return JSON.stringify(value);
}
