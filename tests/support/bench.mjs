// What the measurements of tests/bench/ share: a Chromium, the built page, and how much of the
// main thread's time each frame takes.
import { loadavg } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { freePort, serveFolder } from "./server.mjs";

const dist = process.env.RAFTLAB_DIST ?? join(import.meta.dirname, "../../dist");

// As in crates/xtask/src/setup/browser.rs.
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

// Runs a measurement with the page served as a host that compresses serves it, or as one that does not.
export async function measured(what, measure, { compressed = true } = {}) {
  const site = await serveFolder(dist, "/bench/", { compressed });
  // For whoever drives it past Playwright.
  const port = await freePort();
  const browser = await chromium.launch({
    executablePath: process.env.RAFTLAB_CHROMIUM,
    args: [...FLAGS, `--remote-debugging-port=${port}`],
  });
  console.log(`\n${what} (load of this machine: ${loadavg()[0].toFixed(1)})`);
  try {
    await measure(browser, site, port);
  } finally {
    await browser.close();
    await site.close();
  }
}

// Opens a run. A link that the page does not understand would show another run: that is no measurement.
export async function openRun(browser, site, hash, prepare = async () => {}) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await prepare(page);
  await page.goto(`${site.url}#${hash}`);
  await page.getByTestId("time").waitFor();
  if ((await page.getByTestId("notice").count()) > 0) {
    throw new Error(`#${hash}: ${await page.getByTestId("notice").textContent()}`);
  }
  return page;
}

// How many events the run has, and the event that it is at.
export async function events(page) {
  const text = await page.getByTestId("event-count").textContent();
  const [at, all] = text.match(/[\d,]+/g).map((number) => Number(number.replaceAll(",", "")));
  return { at, all };
}

// How many messages are on their way: the list of what is on the stage has each. It is filled while it
// has the focus.
export async function messagesUnderWay(page) {
  const list = page.getByTestId("on-stage");
  await list.focus();
  await list.getByRole("option").first().waitFor({ state: "attached" });
  const said = await list.getByRole("option").allTextContents();
  await page.evaluate(() => document.activeElement.blur());
  return said.filter((text) => /\(there in /.test(text)).length;
}

const SCRIPT = ["FunctionCall", "EvaluateScript", "EventDispatch", "FireAnimationFrame", "RunMicrotasks", "TimerFire", "MinorGC", "MajorGC"];
const STYLE = ["UpdateLayoutTree"];
const LAYOUT = ["Layout"];
const MARK = "raftlab-frame";

// What each frame cost the main thread while `act` went on: script, style and layout, in milliseconds of
// its processor time, so that what else the machine does counts little. A list of { total, style, layout }.
export async function framesDuring(page, act) {
  const session = await page.context().newCDPSession(page);
  const trace = [];
  session.on("Tracing.dataCollected", ({ value }) => trace.push(...value));
  const complete = new Promise((done) => session.once("Tracing.tracingComplete", done));
  await session.send("Tracing.start", {
    transferMode: "ReportEvents",
    traceConfig: { includedCategories: ["devtools.timeline", "v8", "blink.user_timing"] },
  });
  await page.evaluate((mark) => {
    const tick = () => {
      performance.mark(mark);
      window.ticking = requestAnimationFrame(tick);
    };
    window.ticking = requestAnimationFrame(tick);
  }, MARK);
  await act();
  await page.evaluate(() => cancelAnimationFrame(window.ticking));
  await session.send("Tracing.end");
  await complete;
  await session.detach();
  return perFrame(trace);
}

function perFrame(trace) {
  const marks = trace.filter((event) => event.name === MARK);
  const { pid, tid } = marks[0] ?? {};
  const begins = marks.filter((event) => event.pid === pid && event.tid === tid).map((event) => event.tts).sort((left, right) => left - right);
  if (!begins.length || begins[0] === undefined) throw new Error("the trace has no frames");
  const spans = trace
    .filter((event) => event.ph === "X" && event.pid === pid && event.tid === tid && event.tdur !== undefined)
    .map(({ name, tts, tdur }) => ({ name, from: tts, to: tts + tdur }))
    .sort((left, right) => left.from - right.from);
  const of = (names) => spans.filter(({ name }) => names.includes(name));
  const all = [...of([...SCRIPT, ...STYLE, ...LAYOUT])].sort((left, right) => left.from - right.from);
  const [total, style, layout] = [all, of(STYLE), of(LAYOUT)].map((list) => sharedOut(list, begins));
  // The first began before the measurement, the last was not over.
  return total.slice(1, -1).map((time, at) => ({ total: time, style: style[at + 1], layout: layout[at + 1] }));
}

// The time within these spans, counted once where they lie in each other, frame by frame.
function sharedOut(spans, begins) {
  const frames = new Array(begins.length).fill(0);
  let frame = 0;
  let counted = -Infinity;
  for (const span of spans) {
    const from = Math.max(span.from, counted);
    if (span.to <= from) continue;
    counted = span.to;
    while (frame + 1 < begins.length && begins[frame + 1] <= from) frame += 1;
    // A task belongs to the frame that it began in.
    if (from >= begins[0]) frames[frame] += (span.to - from) / 1_000;
  }
  return frames;
}

export const quantile = (values, share) => {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
};

const figure = (value) => value.toFixed(2).padStart(6);

// One row: the median frame, the one that 95 of 100 are quicker than, and the slowest.
export function row(what, frames) {
  const of = (field, share) => quantile(frames.map((frame) => frame[field]), share);
  console.log(
    `${what.padEnd(44)} p50 ${figure(of("total", 0.5))} ms  p95 ${figure(of("total", 0.95))} ms  most ${figure(of("total", 1))} ms` +
      `  (style ${figure(of("style", 0.5))}, layout ${figure(of("layout", 0.5))}; ${frames.length} frames)`,
  );
}
