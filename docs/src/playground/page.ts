import { formatDuration, formatNumber, formatUsd } from "../../../packages/cli/src/report/format.ts";
import { costsAt } from "./costs.ts";
import { AXIS_PX, drawOverview, drawTimeline, type Palette, ROW_PX } from "./drawing.ts";
import { glide, type Window, windowAt } from "./layout.ts";
import { type Ask, fromHash, type LinkedPlay, toHash } from "./link.ts";
import { Player, usualSpeed } from "./player.ts";
import { PRESETS, type Preset } from "./presets.ts";
import { keepsHistory, RANGES, type Settings, usesRecord } from "./settings.ts";
import PlayWorker from "./worker.ts?worker&inline";

/** The panels beside the timeline are text: they change a few times in a second. */
const PANELS_EVERY_MS = 160;
const OVERVIEW_EVERY_MS = 400;
/** The way to its new place that a window makes in a frame. */
const GLIDE = 0.18;

const root = document.querySelector<HTMLElement>(".playground")!;
const part = <Found extends Element = HTMLElement>(name: string) => root.querySelector<Found>(`[data-part="${name}"]`)!;
const timeline = part<HTMLCanvasElement>("timeline");
const overview = part<HTMLCanvasElement>("overview");
const scrub = part<HTMLInputElement>("scrub");
const speed = part<HTMLSelectElement>("speed");
const rewindTo = part<HTMLSelectElement>("rewind-to");
const form = part<HTMLFormElement>("settings");
const stillMotion = matchMedia("(prefers-reduced-motion: reduce)");

part("app").hidden = false;
part("no-script").hidden = true;

const linked = playOf(location.hash);
const player = new Player(linked, () => new PlayWorker(), wake);
player.speed = usualSpeed(player.settings);
let window_: Window | undefined;
let palette = paletteOf();
let frame = 0;
let lastFrameMs = 0;
let panelsAtMs = 0;
let overviewAtMs = 0;
let overviewOfMs = -1;
/** Shown at its end as soon as it is there, where nothing is to move. */
let jumpsToEnd = false;

begin(linked.atMs > 0);
addEventListener("hashchange", () => {
  const play = playOf(location.hash);
  if (toHash({ ...play, atMs: 0 }) !== toHash({ ...player, atMs: 0 }) || play.atMs > 0) {
    player.load(play);
    begin(play.atMs > 0);
  }
});

/** A link names a prepared run, as the tutorial does, or everything. */
function playOf(hash: string): LinkedPlay {
  const preset = PRESETS.find(({ id }) => `#${id}` === hash);
  return preset ? { settings: preset.settings, asks: preset.asks, atMs: 0 } : fromHash(hash);
}

/** Shows a play that was just loaded. */
function begin(isHeld: boolean): void {
  window_ = undefined;
  overviewOfMs = -1;
  player.speed = usualSpeed(player.settings);
  speed.value = String(player.speed);
  player.isPlaying = !isHeld && !stillMotion.matches;
  jumpsToEnd = !isHeld && stillMotion.matches;
  showSettings();
  showPreset();
  wake();
}

function load(settings: Settings, asks: readonly Ask[] = []): void {
  player.load({ settings, asks, atMs: 0 });
  writeHash();
  begin(false);
}

function writeHash(atMs = 0): void {
  const hash = toHash({ settings: player.settings, asks: player.asks, atMs });
  history.replaceState(null, "", hash === "" ? location.pathname + location.search : `#${hash}`);
}

// What readers do.

for (const button of root.querySelectorAll<HTMLButtonElement>("[data-preset]")) {
  button.addEventListener("click", () => {
    const preset = PRESETS.find(({ id }) => id === button.dataset.preset)!;
    load(preset.settings, preset.asks);
  });
}
for (const button of root.querySelectorAll<HTMLButtonElement>("[data-ask]")) {
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-disabled") === "true") return;
    const ask = button.dataset.ask as Ask["ask"];
    player.ask(ask === "rewind" ? { ask, hop: Number(rewindTo.value) } : { ask });
    if (stillMotion.matches) {
      player.isPlaying = false;
      jumpsToEnd = true;
    }
    overviewOfMs = -1;
    writeHash();
    showPreset();
    wake();
  });
}
part("play").addEventListener("click", () => {
  if (player.isAtEnd) {
    player.seek(0);
    window_ = undefined;
    player.isPlaying = true;
  } else player.isPlaying = !player.isPlaying;
  wake();
});
part("to-end").addEventListener("click", () => {
  player.isPlaying = false;
  jumpsToEnd = true;
  wake();
});
scrub.addEventListener("input", () => {
  player.isPlaying = false;
  player.seek((Number(scrub.value) / Number(scrub.max)) * player.endMs);
  wake();
});
speed.addEventListener("change", () => {
  player.speed = Number(speed.value);
});
part("link").addEventListener("click", async () => {
  writeHash(player.atMs);
  const said = part("link-said");
  try {
    await navigator.clipboard.writeText(location.href);
    said.textContent = "Copied. It opens at this very moment.";
  } catch {
    said.textContent = "The address of this page is the link now.";
  }
});
part("another-seed").addEventListener("click", () =>
  load({ ...player.settings, seed: player.settings.seed + 1 }, player.asks),
);
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("input", ({ target }) => {
  if (target instanceof HTMLInputElement && target.type === "range")
    showRange(target, stopsOf(target)[Number(target.value)]!);
});
form.addEventListener("change", ({ target }) => {
  const changed = target as HTMLInputElement | HTMLSelectElement;
  load({ ...player.settings, [changed.name]: settingOf(changed) });
});

function settingOf(field: HTMLInputElement | HTMLSelectElement): string | number | boolean {
  if (field.type === "range") return stopsOf(field)[Number(field.value)]!;
  return field instanceof HTMLInputElement ? field.checked : field.value;
}

function stopsOf({ name }: { readonly name: string }): readonly number[] {
  return RANGES.find((range) => range.name === name)!.stops;
}

// What they see.

function showSettings(): void {
  const { settings } = player;
  for (const { name, stops } of RANGES) {
    const slider = form.elements.namedItem(name) as HTMLInputElement;
    const distance = (stop: number) => Math.abs(stop - settings[name]);
    slider.value = String(stops.indexOf(stops.reduce((best, stop) => (distance(stop) < distance(best) ? stop : best))));
    showRange(slider, settings[name]);
  }
  for (const name of ["code", "law", "lease"] as const) {
    (form.elements.namedItem(name) as HTMLSelectElement).value = settings[name];
  }
  for (const name of ["record", "history", "loopDetection"] as const) {
    (form.elements.namedItem(name) as HTMLInputElement).checked = settings[name];
  }
  text("seed", String(settings.seed));
}

function showRange(slider: HTMLInputElement, value: number): void {
  const { stops, show } = RANGES.find(({ name }) => name === slider.name)!;
  slider.setAttribute("aria-valuetext", show(value));
  slider.style.setProperty("--filled", `${(Number(slider.value) / (stops.length - 1)) * 100}%`);
  slider.closest("label")!.querySelector("[data-value]")!.textContent = show(value);
}

function showPreset(): void {
  const now = toHash({ settings: player.settings, asks: [], atMs: 0 });
  const isOf = (preset: Preset) =>
    toHash({ ...preset, asks: [], atMs: 0 }) === now && samePrefix(preset.asks, player.asks);
  const preset = PRESETS.find(isOf);
  for (const button of root.querySelectorAll<HTMLButtonElement>("[data-preset]")) {
    button.setAttribute("aria-pressed", String(button.dataset.preset === preset?.id));
  }
  for (const about of root.querySelectorAll<HTMLElement>("[data-about]"))
    about.hidden = about.dataset.about !== (preset?.id ?? "own");
}

function samePrefix(asks: readonly Ask[], of: readonly Ask[]): boolean {
  return asks.every(
    ({ ask, atMs, hop }, index) => of[index]?.ask === ask && of[index].atMs === atMs && of[index].hop === hop,
  );
}

function wake(): void {
  if (frame === 0) frame = requestAnimationFrame(draw);
}

function draw(nowMs: number): void {
  frame = 0;
  const passedMs = Math.min(100, nowMs - lastFrameMs);
  lastFrameMs = nowMs;
  player.tick(passedMs);
  if (jumpsToEnd) {
    player.seek(Number.POSITIVE_INFINITY);
    if (player.play.end && !player.isBehind) jumpsToEnd = false;
  }
  const isGliding = drawNow();
  if (nowMs - panelsAtMs > PANELS_EVERY_MS || !player.isPlaying) {
    panelsAtMs = nowMs;
    showPanels();
  }
  if (player.endMs !== overviewOfMs && (nowMs - overviewAtMs > OVERVIEW_EVERY_MS || player.play.end)) {
    overviewAtMs = nowMs;
    overviewOfMs = player.endMs;
    const { canvas, width, height } = sized(overview);
    drawOverview(canvas, player.play, { endMs: player.endMs, width, height, palette });
  }
  if (player.isPlaying || isGliding || jumpsToEnd) wake();
}

/** Draws the timeline; answers whether it still moves. */
function drawNow(): boolean {
  const { canvas, width, height } = sized(timeline);
  const rows = Math.floor((height - AXIS_PX) / ROW_PX);
  const wanted = windowAt(player.play, player.atMs, { rows, timeoutMs: player.settings.timeoutS * 1_000 });
  window_ = window_ && !stillMotion.matches ? glide(window_, wanted, GLIDE) : wanted;
  drawTimeline(canvas, player.play, window_, { atMs: player.atMs, width, height, palette });
  return window_.fromMs !== wanted.fromMs || window_.toMs !== wanted.toMs;
}

function sized(element: HTMLCanvasElement): { canvas: CanvasRenderingContext2D; width: number; height: number } {
  const { clientWidth: width, clientHeight: height } = element;
  const scale = devicePixelRatio;
  const canvas = element.getContext("2d")!;
  if (element.width !== Math.round(width * scale) || element.height !== Math.round(height * scale)) {
    element.width = Math.round(width * scale);
    element.height = Math.round(height * scale);
    canvas.scale(scale, scale);
  }
  return { canvas, width, height };
}

/** The theme's colours, as the browser has resolved them. */
function paletteOf(): Palette {
  const probe = document.createElement("span");
  root.append(probe);
  const colour = (name: string) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const found = {
    work: colour("run-work"),
    handoff: colour("run-handoff"),
    fault: colour("run-fault"),
    init: colour("run-init"),
    ink: colour("ink"),
    soft: colour("soft"),
    line: colour("line"),
    accent: colour("accent"),
    paper: colour("paper"),
    font: getComputedStyle(root).fontFamily,
  };
  probe.remove();
  return found;
}

function repaint(): void {
  palette = paletteOf();
  overviewOfMs = -1;
  wake();
}
new MutationObserver(repaint).observe(document.documentElement, { attributeFilter: ["data-theme"] });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
new ResizeObserver(() => {
  overviewOfMs = -1;
  wake();
}).observe(part("stage"));

// The panels.

function text(name: string, value: string): void {
  const element = part(name);
  if (element.textContent !== value) element.textContent = value;
}

function showPanels(): void {
  const { play, atMs, settings } = player;
  const { done, repeated } = play.itemsAt(atMs);
  const record = usesRecord(settings) ? play.recordAt(atMs) : undefined;
  const running = play.runningAt(atMs);
  const phase = phaseNow(running !== undefined, record?.phase);
  const state = part("phase");
  text("phase", phase);
  state.dataset.phase = phase;
  text("clock", formatDuration(atMs));
  text("items-done", `${formatNumber(done)} of ${formatNumber(settings.items)}`);
  text("items-repeated", formatNumber(repeated));
  text("invocations", formatNumber(play.begunAt(atMs)));
  text("refusals", formatNumber(play.latest(play.refused, atMs, Number.POSITIVE_INFINITY).length));
  part("progress").style.setProperty("--done", `${(100 * done) / settings.items}%`);
  const isHeld = !player.isPlaying;
  part("play").dataset.state = player.isAtEnd ? "again" : isHeld ? "held" : "playing";
  text("play-label", player.isAtEnd ? "Play again" : isHeld ? "Play" : "Hold");
  if (document.activeElement !== scrub || player.isPlaying) {
    scrub.value = String(player.endMs > 0 ? Math.round((atMs / player.endMs) * Number(scrub.max)) : 0);
  }
  scrub.style.setProperty("--at", `${player.endMs > 0 ? (100 * atMs) / player.endMs : 0}%`);
  scrub.setAttribute("aria-valuetext", `${formatDuration(atMs)} of ${formatDuration(player.endMs)}`);
  text("computing", computing());
  text("announced", player.isAtEnd ? `The run is ${phase} after ${formatDuration(atMs)}.` : "");
  root.dataset.outcome = player.isAtEnd && !player.isBehind ? (play.end?.outcome ?? "") : "";
  timeline.setAttribute("aria-label", labelOfTimeline(phase, done));
  showAsks(running !== undefined, record?.phase);
  showRewindable();
  showRecord();
  showRefused();
  showLines();
  showCosts();
  showTable();
}

function computing(): string {
  if (player.failure) return player.failure;
  if (player.isBehind) return "Computing what follows…";
  if (!player.play.end) return `Computed so far: ${formatDuration(player.endMs)}`;
  return "";
}

function phaseNow(isRunning: boolean, phase: string | undefined): string {
  if (player.isAtEnd && player.play.end) {
    const { outcome } = player.play.end;
    if (outcome === "on-failure") return "given up";
    if (outcome === "unfinished") return isRunning ? "no end" : "lost";
    return outcome;
  }
  if (isRunning) return "running";
  if (phase === undefined || phase === "running") return "waiting";
  return phase === "handed-off" ? "handed off" : phase;
}

function labelOfTimeline(phase: string, done: number): string {
  const count = player.play.begunAt(player.atMs);
  return `Timeline after ${formatDuration(player.atMs)}: ${count} invocations, ${done} items done, the run is ${phase}. The table below has the same.`;
}

function showAsks(isRunning: boolean, phase: string | undefined): void {
  const { play, atMs, settings } = player;
  const isRecorded = usesRecord(settings);
  const isAtRest = phase === "paused" || phase === "stopped" || phase === "failed";
  const isOver = isRecorded ? isAtRest || phase === "done" : player.isAtEnd;
  const can: Readonly<Record<Ask["ask"], boolean>> = {
    kill: isRunning,
    freeze: isRunning,
    duplicate: play.begunAt(atMs) > 0,
    lose: !isOver,
    stop: isRecorded && !isOver,
    pause: isRecorded && !isOver,
    resume: isRecorded && isAtRest,
    rewind: rewindableHops().length > 0,
    deploy: !isOver,
  };
  for (const button of root.querySelectorAll<HTMLButtonElement>("[data-ask]")) {
    button.setAttribute("aria-disabled", String(!can[button.dataset.ask as Ask["ask"]]));
  }
  const version = 1 + player.asks.filter((each) => each.ask === "deploy" && each.atMs <= atMs).length;
  text("next-version", `version ${version + 1}`);
}

/** The hops that the run can be rewound to now. */
function rewindableHops(): string[] {
  const { play, atMs, settings } = player;
  const hops = keepsHistory(settings) ? (play.recordAt(atMs)?.history?.hops ?? []) : [];
  return hops.map(({ hop }) => String(hop));
}

function showRewindable(): void {
  const hops = rewindableHops();
  const offered = [...rewindTo.options].map(({ value }) => value);
  if (offered.join() !== hops.join()) {
    const chosen = rewindTo.value;
    rewindTo.replaceChildren(...hops.map((hop) => new Option(hop)));
    if (hops.includes(chosen)) rewindTo.value = chosen;
  }
  rewindTo.disabled = hops.length === 0;
}

function showRecord(): void {
  const { play, atMs, settings } = player;
  const isRecorded = usesRecord(settings);
  const record = isRecorded ? play.recordAt(atMs) : undefined;
  part("no-record").hidden = isRecorded;
  part("record").hidden = !isRecorded;
  if (!isRecorded) return;
  const lease = play.leaseAt(atMs);
  const fields: Readonly<Record<string, string>> = {
    phase: record?.phase ?? "no record yet",
    hop: String(record?.hop ?? "–"),
    attempt: String(record?.attempt ?? "–"),
    epoch: String(record?.epoch ?? "–"),
    failures: String(record?.failures ?? "–"),
    state: record?.state ?? "–",
    requested: record?.requested ?? "nothing",
    owner: record?.owner ?? "nobody",
  };
  for (const [name, value] of Object.entries(fields)) text(`record-${name}`, value);
  text("record-run", play.begunRunsAt(atMs) > 1 ? "of run 1" : "");
  text("record-bytes", record ? `${formatNumber(JSON.stringify(record).length)} bytes` : "");
  const leftMs = lease ? lease.untilMs - atMs : 0;
  const bar = part("lease-bar");
  bar.style.setProperty(
    "--left",
    lease && leftMs > 0 ? `${Math.min(100, (100 * leftMs) / (lease.untilMs - lease.fromMs))}%` : "0%",
  );
  text(
    "lease-said",
    !lease
      ? "Nobody holds the lease."
      : leftMs > 0
        ? `Invocation ${lease.invocation} holds it for hop ${lease.hop}, for another ${formatDuration(leftMs)}.`
        : `The lease of invocation ${lease.invocation} ended ${formatDuration(-leftMs)} ago: another may take it.`,
  );
}

function showRefused(): void {
  const { play, atMs, settings } = player;
  const all = play.latest(play.refused, atMs, 8);
  part("none-refused").hidden = all.length > 0;
  text(
    "none-refused",
    usesRecord(settings)
      ? "Nothing yet. Deliver an event again, and see."
      : "Nothing can be refused: without a run record, nobody can tell a duplicate from the run.",
  );
  list(
    part("refused"),
    all,
    (refused) => `${refused.atMs} ${refused.hop}`,
    (refused) => {
      const head = element("p", "head", `${formatDuration(refused.atMs)} · hop ${refused.hop}`);
      head.append(element("code", "", refused.refusal));
      return [head, element("p", "why", refused.why)];
    },
  );
}

function showLines(): void {
  const { play, atMs } = player;
  list(
    part("lines"),
    play.latest(play.lines, atMs, 24),
    (line) => `${line.atMs} ${line.text}`,
    (line) => [element("time", "", formatDuration(line.atMs)), element("span", line.tone, line.text)],
  );
}

function showCosts(): void {
  const costs = costsAt(player.play, player.settings, player.atMs);
  const most = Math.max(...costs.map(({ usd = 0 }) => usd), 1e-12);
  for (const [index, { usd, made }] of costs.entries()) {
    text(`cost-${index}`, usd === undefined ? "–" : formatUsd(usd));
    text(`made-${index}`, made);
    part(`share-${index}`).style.setProperty("--share", `${(100 * (usd ?? 0)) / most}%`);
  }
}

/** The latest invocations as a table, while it is open. */
function showTable(): void {
  const table = part<HTMLDetailsElement>("table");
  if (!table.open) return;
  const { play, atMs } = player;
  const after = play.begunAt(atMs);
  const bars = play.bars.slice(Math.max(0, after - 100), after).reverse();
  const rows = bars.map((bar) => {
    const isOver = bar.toMs <= atMs;
    const row = document.createElement("tr");
    const cells = [
      bar.invocation,
      play.runsBegan.length > 1 ? `${bar.hop} of run ${bar.runNumber ?? "–"}` : bar.hop,
      bar.attempt,
      bar.version,
      formatDuration(bar.fromMs),
      formatDuration(Math.min(bar.toMs, atMs) - bar.fromMs),
      isOver ? bar.end : "running",
      bar.items.filter((at) => at <= atMs).length,
    ];
    row.append(...cells.map((cell) => element("td", "", String(cell))));
    return row;
  });
  part("rows").replaceChildren(...rows);
}
part("table").addEventListener("toggle", wake);

/** Fills a list; items that are there already stay as they are. */
function list<Item>(
  of: HTMLElement,
  items: readonly Item[],
  keyOf: (item: Item) => string,
  make: (item: Item) => Node[],
): void {
  const known = new Map([...of.children].map((child) => [(child as HTMLElement).dataset.key, child]));
  const children = items.map((item) => {
    const key = keyOf(item);
    const there = known.get(key);
    if (there) return there;
    const made = document.createElement("li");
    made.dataset.key = key;
    made.append(...make(item));
    return made;
  });
  if (children.length === of.children.length && children.every((child, index) => child === of.children[index])) return;
  of.replaceChildren(...children);
}

function element(name: string, className: string, content: string): HTMLElement {
  const made = document.createElement(name);
  if (className !== "") made.className = className;
  made.textContent = content;
  return made;
}
