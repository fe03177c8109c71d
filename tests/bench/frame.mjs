// What a frame costs the main thread while the page plays: script, style and layout,
// as the browser itself accounts for them, for each frame drawn. Printed, not judged.
import { chromium } from "playwright-core";
import { serveFolder } from "../support/server.mjs";

const dist = process.env.RAFTLAB_DIST ?? new URL("../../dist", import.meta.url).pathname;
const site = await serveFolder(dist, "/bench/");
const browser = await chromium.launch({
  executablePath: process.env.RAFTLAB_CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

// Of the moments, the last has 200 messages and more on their way at once: nine nodes
// whose network is slow.
const moments = [
  ["an election, 5 nodes", "scenario=leader-crash&seed=42&t=1100000", "nodes"],
  ["clients at work, 5 nodes", "scenario=reads-by-read-index&seed=42&t=400000", "rpcs"],
  ["two leaders, 5 nodes", "scenario=two-data-centres-minority&seed=42&t=1200000", "story"],
  ["many messages, 9 nodes", "free=9&preset=paper&clients=6&seed=42&do=500000:set:latency:400ms&t=4000000", "rpcs"],
];

for (const [what, hash, tab] of moments) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  await page.goto(`${site.url}#${hash}`);
  await page.getByTestId("stage").waitFor();
  await page.getByTestId(`tab-${tab}`).click();
  await page.getByTestId("play").click();
  await page.waitForTimeout(500);
  const metrics = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
  };
  const spans = [];
  // Spans of a quarter of a second: the middle one says what is usual, the largest what is not.
  for (let span = 0; span < 16; span += 1) {
    const before = await metrics();
    const frames = await page.evaluate(
      () =>
        new Promise((done) => {
          const began = performance.now();
          let frames = 0;
          const count = () => {
            frames += 1;
            if (performance.now() - began < 250) requestAnimationFrame(count);
            else done(frames);
          };
          requestAnimationFrame(count);
        }),
    );
    const after = await metrics();
    const per = (name) => ((after[name] - before[name]) * 1_000) / frames;
    spans.push({ script: per("ScriptDuration"), style: per("RecalcStyleDuration"), layout: per("LayoutDuration") });
  }
  const total = ({ script, style, layout }) => script + style + layout;
  spans.sort((left, right) => total(left) - total(right));
  const middle = spans[spans.length >> 1];
  const figure = (value) => value.toFixed(2).padStart(5);
  console.log(
    `${what.padEnd(26)} median ${figure(total(middle))} ms a frame (script ${figure(middle.script)}, style ` +
      `${figure(middle.style)}, layout ${figure(middle.layout)}), at most ${figure(total(spans.at(-1)))} ms`,
  );
  await page.close();
}
await browser.close();
await site.close();
