/** The part of an element that the checks read; these sources know no DOM. */
interface PageElement {
  readonly tagName: string;
  readonly textContent: string;
  readonly scrollWidth: number;
  readonly clientWidth: number;
  readonly offsetWidth: number;
  readonly children: Iterable<PageElement>;
  querySelectorAll(selector: string): Iterable<PageElement>;
  getBoundingClientRect(): Readonly<Record<"left" | "right" | "top" | "bottom" | "width", number>>;
  /** Of elements of SVG alone. */
  getScreenCTM?(): { readonly a: number };
}

declare const document: PageElement & { readonly documentElement: PageElement };
declare function getComputedStyle(element: PageElement): { readonly fontSize: string; readonly overflowX: string };

/** Faults of the layout of a page, as sentences. Runs in the page, so it is complete by itself. */
export function faultsOfLayout(leastPx: number): string[] {
  const faults: string[] = [];
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) faults.push(`scrolls sideways: ${scrollWidth} px of ${clientWidth}`);
  for (const element of document.querySelectorAll("body *")) {
    const { scrollWidth, clientWidth } = element;
    const scrolls = /auto|scroll/.test(getComputedStyle(element).overflowX);
    if (scrolls && scrollWidth > clientWidth) faults.push(`${element.tagName} scrolls sideways`);
  }
  const charts = [...document.querySelectorAll(".plot, svg")];
  if (charts.length === 0) faults.push("has no chart");
  for (const chart of charts) {
    for (const element of chart.querySelectorAll("span, text")) {
      const box = element.getBoundingClientRect();
      if (box.width === 0) continue;
      const shrunk = element.getScreenCTM?.().a ?? box.width / (element.offsetWidth || 1);
      const sizePx = Number.parseFloat(getComputedStyle(element).fontSize) * shrunk;
      if (sizePx < leastPx - 0.3) faults.push(`chart text ${element.textContent} is ${sizePx.toFixed(1)} px`);
      if (box.left < -0.5 || box.right > clientWidth + 0.5) faults.push(`chart text ${element.textContent} is cut off`);
    }
  }
  for (const axis of document.querySelectorAll(".xs, .ys")) {
    const boxes = [...axis.children].map((each) => ({ text: each.textContent, box: each.getBoundingClientRect() }));
    for (const [at, one] of boxes.entries()) {
      const next = boxes[at + 1];
      if (next === undefined || one.box.width === 0) continue;
      const isApart =
        one.box.right <= next.box.left ||
        next.box.right <= one.box.left ||
        one.box.bottom <= next.box.top ||
        next.box.bottom <= one.box.top;
      if (!isApart) faults.push(`chart texts ${one.text} and ${next.text} overlap`);
    }
  }
  return faults;
}
