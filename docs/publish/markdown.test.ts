import { describe, expect, it } from "vitest";
import { markdownOf } from "./markdown.ts";
import { pageOf } from "./page.ts";

function markdown(main: string): string {
  const html = `<head><meta name="description" content="About it."></head><h1>A page</h1><div class="sl-markdown-content">${main}</div>`;
  return markdownOf(pageOf("a.html", html));
}

describe("a page as Markdown", () => {
  it("begins with its title and description", () => {
    expect(markdown("<p>Text.</p>")).toBe("# A page\n\n> About it.\n\nText.\n");
  });

  it("has samples as they are in their files", () => {
    const line = (text: string) => `<div class="ec-line"><div class="code"><span>${text}</span></div></div>`;
    const sample = `<pre data-language="ts"><code>${line("if (a) {")}${line("  b();")}${line("}")}</code></pre>`;
    expect(markdown(sample)).toContain("```ts\nif (a) {\n  b();\n}\n```");
  });

  it("has what shells print", () => {
    expect(markdown("<pre class=output><code>one\n  two</code></pre>")).toContain("```\none\n  two\n```");
  });

  it("says pictures in words", () => {
    const picture = `<figure class="run"><ul><li>work</li></ul><svg role="img" aria-label="Three hops."></svg><figcaption>A run.</figcaption><details>table</details></figure>`;
    expect(markdown(picture)).toBe("# A page\n\n> About it.\n\n\\[Picture: Three hops.]\n\nA run.\n");
  });

  it("has tables", () => {
    expect(markdown("<table><tr><th>a</th></tr><tr><td>b</td></tr></table>")).toContain("| a |\n| - |\n| b |");
  });

  it("leaves out comments, such as those around figures", () => {
    expect(markdown("<p>up to <!-- figure: a -->150 MB<!-- /figure -->.</p>")).toContain("up to 150 MB.");
  });

  it("leaves out what headings link to themselves with", () => {
    const heading = `<div class="sl-heading-wrapper"><h2 id="x">X</h2><a class="sl-anchor-link" href="#x">Section titled X</a></div>`;
    expect(markdown(heading)).not.toContain("Section titled");
  });

  it("leaves out what says that it is for script alone", () => {
    expect(markdown('<p>Text.</p><div><div data-markdown="omit"><p>Buttons</p></div></div>')).toBe(
      "# A page\n\n> About it.\n\nText.\n",
    );
  });

  it("links other pages as Markdown, and the world as it is", () => {
    expect(markdown(`<p><a href="b.html#x">b</a> <a href="https://a.example/c.html">c</a></p>`)).toContain(
      "[b](b.md#x) [c](https://a.example/c.html)",
    );
  });
});
