import { toHtml } from "hast-util-to-html";
import { describe, expect, it } from "vitest";
import { relativeLinks, relativeStyles } from "./links.ts";
import { pageOf } from "./page.ts";

const SITE = {
  files: new Set(["index.html", "explanation/a.html", "explanation/b.html", "_astro/x.css", "a.md"]),
  anchors: new Map([["explanation/b.html", new Set(["there"])]]),
};

function linked(html: string) {
  const page = pageOf("explanation/a.html", html);
  const problems = relativeLinks(page, SITE).map(({ problem }) => problem);
  return { problems, html: toHtml(page.tree) };
}

describe("links of the site", () => {
  it.each([
    ["/explanation/b.html#there", "b.html#there"],
    ["b.html", "b.html"],
    ["/", "../index.html"],
    ["/a.md", "../a.md"],
    ["/explanation/a.html", "a.html"],
  ])("%s becomes %s, so that it works from any folder", (address, relative) => {
    const { problems, html } = linked(`<a href="${address}">x</a>`);
    expect(problems).toEqual([]);
    expect(html).toContain(`href="${relative}"`);
  });

  it.each([
    ["/explanation/c.html", "leads to no page or file"],
    ["/explanation/", "leads to no page or file"],
    ["b.html#nowhere", "leads to no such place on its page"],
    ["#nowhere", "leads to no such place on its page"],
  ])("%s is a dead link", (address, problem) => {
    expect(linked(`<a href="${address}">x</a>`).problems).toEqual([`${address} ${problem}`]);
  });

  it("may lead elsewhere, but nothing is loaded from there", () => {
    expect(linked(`<a href="https://aws.amazon.com">x</a>`).problems).toEqual([]);
    expect(linked(`<img src="https://elsewhere/x.png">`).problems).toEqual([
      "loads https://elsewhere/x.png from elsewhere",
    ]);
    expect(linked(`<script src="//elsewhere/x.js"></script>`).problems).toHaveLength(1);
    expect(linked(`<link rel="stylesheet" href="https://elsewhere/x.css">`).problems).toHaveLength(1);
  });

  it("are relative in style sheets too", () => {
    expect(relativeStyles("_astro/x.css", `a{src:url("/_astro/f.woff2")}`)).toBe(`a{src:url("f.woff2")}`);
  });
});
