import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { childrenNamed, childText, readXml } from "./xml-reader.ts";
import { element, urlEncodeLikeS3, xmlDocument } from "./xml-text.ts";

describe("request documents", () => {
  it("give elements, text, references, CDATA and self-closing elements", () => {
    const root = readXml(
      `<?xml version="1.0"?><!-- c --><s3:A xmlns:s3="x"><B id="1"> a&amp;&#x42;&#67; </B><B><![CDATA[<raw>&]]></B><C/></s3:A>`,
    );
    expect(root.name).toBe("A");
    expect(childrenNamed(root, "B").map((each) => each.text)).toEqual([" a&BC ", "<raw>&"]);
    expect(childText(root, "C")).toBe("");
    expect(childText(root, "D")).toBeUndefined();
  });

  it("carry any text that was written into them", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(0xd7ff)).map((points) => String.fromCodePoint(...points)),
        (text) => {
          expect(childText(readXml(xmlDocument("A", element("B", text))), "B")).toBe(text);
        },
      ),
    );
  });

  it.each([
    "",
    "text",
    "<A>",
    "<A></B>",
    "</A>",
    "<A/><B/>",
    "<A>&unknown;</A>",
    "<A>&</A>",
    '<!DOCTYPE A [<!ENTITY x "y">]><A>&x;</A>',
    "<A".repeat(10),
    `${"<A>".repeat(50)}${"</A>".repeat(50)}`,
  ])("%j is malformed", (source) => {
    expect(() => readXml(source)).toThrow(expect.objectContaining({ code: "MalformedXML" }));
  });
});

describe("URL encoding as S3 does it", () => {
  it.each([
    ["in/a+b c.txt", "in/a%2Bb+c.txt"],
    ["test_file(3).png", "test_file%283%29.png"],
    ["ü/日*~'!", "%C3%BC/%E6%97%A5*%7E%27%21"],
    ["\u0001", "%01"],
  ])("%j becomes %s", (text, encoded) => {
    expect(urlEncodeLikeS3(text)).toBe(encoded);
  });
});
