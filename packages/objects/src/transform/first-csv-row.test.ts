import { expect, it } from "vitest";
import { firstCsvRow } from "./first-csv-row.ts";

it.each([
  ["ends with a line", "id,name\n1,a\n", false, "id,name"],
  ["ends with CR LF", "id,name\r\n1,a\r\n", false, "id,name"],
  ["has a line end in quotes", '"a\nb",c\n1,2\n', false, '"a\nb",c'],
  ["has a doubled quote", '"a""\n",c\n1,2\n', false, '"a""\n",c'],
  ["is the whole text", "id,name", true, "id,name"],
  ["does not end in what is there", "id,na", false, undefined],
  ["does not end because a quote is open", '"id\n1\n2', false, undefined],
] as const)("the first row of CSV text %s", (_, text, isWhole, row) => {
  const found = firstCsvRow(Buffer.from(text), isWhole);
  expect(found && Buffer.from(found).toString()).toBe(row);
});
