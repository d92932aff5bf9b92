import { describe, expect, it } from "vitest";
import { QueryInput } from "./query-input.ts";

const parse = (values: Readonly<Record<string, string>>) => QueryInput.parse(new URLSearchParams(values).toString());

describe("parameters of the query protocol", () => {
  it("come as maps, lists and structures, in the order of their numbers", () => {
    const input = parse({
      "Attributes.entry.2.key": "b",
      "Attributes.entry.2.value": "2",
      "Attributes.entry.1.key": "a",
      "Attributes.entry.1.value": "",
      "TagKeys.member.10": "tenth",
      "TagKeys.member.9": "ninth",
      "Entries.member.1.Id": "one",
      "Entries.member.1.MessageAttributes.entry.1.Name": "kind",
      "Entries.member.1.MessageAttributes.entry.1.Value.DataType": "String",
    });
    expect(input.textMap("Attributes")).toEqual({ a: "", b: "2" });
    expect(input.texts("TagKeys")).toEqual(["ninth", "tenth"]);
    const [entry] = input.structures("Entries");
    expect(entry?.text("Id")).toBe("one");
    const [[name, attribute] = []] = entry?.entries("MessageAttributes", "Name") ?? [];
    expect([name, attribute?.text("Value.DataType")]).toEqual(["kind", "String"]);
  });

  it("are missing as nothing, or as an error that names them", () => {
    const input = parse({});
    expect(input.texts("TagKeys")).toEqual([]);
    expect(input.optionalText("Subject")).toBeUndefined();
    expect(() => input.text("TopicArn")).toThrow("TopicArn");
  });
});
