import { describe, expect, it } from "vitest";
import { decodeUrlText, decodeXmlText } from "./key-text.ts";

describe("the text of an XML element", () => {
  it.each([
    ["plain", "plain"],
    ["a&amp;b &lt;c&gt; &quot;d&quot; &apos;e&apos;", `a&b <c> "d" 'e'`],
    ["&#38; &#x26; &#x1F600; &#128512; &#13;&#xA;&#1;", "& & 😀 😀 \r\n\u0001"],
    ["&amp;lt; &amp;#38;", "&lt; &#38;"],
    ["&unknown; & alone", "&unknown; & alone"],
  ])("of %j is %j", (written, text) => expect(decodeXmlText(written)).toBe(text));
});

describe("the text of a key in a listing that is URL-encoded", () => {
  it.each([
    ["a+b%2Bc%20d", "a b+c d"],
    ["%E5%86%99%F0%9F%98%80", "写😀"],
    ["%25%00%0A/..", "%\u0000\n/.."],
  ])("of %j is %j", (written, text) => expect(decodeUrlText(written)).toBe(text));
});
