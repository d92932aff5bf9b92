import { describe, expect, it } from "vitest";
import { descendants, errorClassesOf, errorPage } from "./error-codes.ts";

const BASE = "export class LonghaulError extends Error {}\n";

function codesOf(text: string, unions?: ReadonlyMap<string, readonly string[]>) {
  return descendants(errorClassesOf(BASE + text, "core"), unions).map(({ name, codes }) => [name, codes]);
}

describe("the codes of the errors", () => {
  it("are read from what the class gives its base", () => {
    const [error] = descendants(
      errorClassesOf(
        `${BASE}export class GoneError extends LonghaulError {
           override readonly isPermanent = true;
           constructor(key: string) { super("GONE", \`Object \${key} is gone.\`); }
         }`,
        "core",
      ),
    );
    expect(error).toMatchObject({
      codes: ["GONE"],
      isPermanent: true,
      message: "Object … is gone.",
    });
  });

  it("may be one of two", () => {
    const text = `class AError extends LonghaulError { constructor(b: boolean) { super(b ? "ONE" : "TWO", "x"); } }`;
    expect(codesOf(text)).toEqual([["AError", ["ONE", "TWO"]]]);
  });

  it("may be given behind the message", () => {
    const text = `class AError extends LonghaulError { constructor(code = "ONE") { super(code, "x"); } }
                  class BError extends AError { constructor() { super("b", "c", undefined, "TWO"); } }`;
    expect(codesOf(text)).toEqual([
      ["AError", ["ONE"]],
      ["BError", ["TWO"]],
    ]);
  });

  it("are those of the embedded AWS too, and of classes without a base of ours", () => {
    const text = `class LocalAwsError extends Error {}
                  class AError extends LocalAwsError { constructor() { super("NotSeen", "x"); } }
                  class BError extends Error { readonly code = "USAGE"; }
                  class OtherError extends Error {}`;
    expect(codesOf(text)).toEqual([
      ["AError", ["NotSeen"]],
      ["BError", ["USAGE"]],
    ]);
  });

  it("are inherited", () => {
    const text = `class AError extends LonghaulError { constructor() { super("A_CODE", "x"); } } class BError extends AError {}`;
    expect(codesOf(text)).toEqual([
      ["AError", ["A_CODE"]],
      ["BError", ["A_CODE"]],
    ]);
  });

  it("may be a default, or those of an interface", () => {
    const text = `class AError extends LonghaulError { constructor({ code = "USUAL" }) { super(code, "x"); } }
                  class BError extends LonghaulError { constructor(reason: Reason) { super(reason.code, "x"); } }`;
    expect(codesOf(text, new Map([["Reason", ["THIS", "THAT"]]]))).toEqual([
      ["AError", ["USUAL"]],
      ["BError", ["THIS", "THAT"]],
    ]);
  });

  it("may be one of a type", () => {
    const text = `class AError extends LonghaulError { constructor(fault: Fault) { super(fault, "x"); } }`;
    expect(codesOf(text, new Map([["Fault", ["THIS", "THAT"]]]))).toEqual([["AError", ["THIS", "THAT"]]]);
  });

  it("may be those of something else, which may be any: such a class has no code of its own", () => {
    const text = `class AError extends LonghaulError { constructor({ code }: Reason) { super(code, "x"); } }`;
    expect(codesOf(text)).toEqual([]);
    const given = `class AError extends LonghaulError { constructor(code: string) { super(code, "x"); } }`;
    expect(codesOf(given)).toEqual([]);
  });

  it("must be there: an error whose code cannot be read is refused", () => {
    expect(() => codesOf("class AError extends LonghaulError { constructor(c: string) { super(c, c); } }")).toThrow(
      "AError of core has no code that can be read",
    );
  });
});

describe("the page of errors", () => {
  it("has what was written of a code, then the classes that have it", () => {
    const [error] = descendants(
      errorClassesOf(
        `${BASE}class AError extends LonghaulError { constructor() { super("GONE", "It is <gone>."); } }`,
        "core",
      ),
    );
    const page = errorPage(
      error ? [error] : [],
      new Map([["GONE", "# GONE\n\nIt is gone, see [there](../../a.md).\n"]]),
    );
    expect(page).toContain("## GONE\n\nIt is gone, see there.\n\n`AError` of `core`.\n\n> It is &lt;gone>.");
  });
});
