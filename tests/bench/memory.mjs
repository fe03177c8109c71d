// Memory while the page plays for nine minutes of simulated time, twice, at ten times real time: two
// minutes. RAFTLAB_BENCH_SPEED=1 takes eighteen. Printed, not judged.
import { events, measured, openRun } from "../support/bench.mjs";

const LONG = "free=5&preset=tikv&clients=2&seed=42&t=0";
const speed = process.env.RAFTLAB_BENCH_SPEED ?? "10";

await measured(`Memory while it plays, at ${speed} times real time`, async (browser, site) => {
  // The page in one file and that of many both make their wasm by one of these.
  const page = await openRun(browser, site, LONG, (page) =>
    page.addInitScript(() => {
      for (const name of ["instantiate", "instantiateStreaming"]) {
        const make = WebAssembly[name].bind(WebAssembly);
        WebAssembly[name] = async (...how) => {
          const made = await make(...how);
          window.wasmMemory ??= (made.instance ?? made).exports.memory;
          return made;
        };
      }
    }),
  );
  console.log(`the run has ${(await events(page)).all} events`);
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  const told = async (when) => {
    await session.send("HeapProfiler.collectGarbage");
    const { metrics } = await session.send("Performance.getMetrics");
    const of = (name) => metrics.find((metric) => metric.name === name).value;
    const wasm = await page.evaluate(() => window.wasmMemory.buffer.byteLength);
    const heap = (of("JSHeapUsedSize") / 1e6).toFixed(2);
    console.log(
      `${when.padEnd(22)} JavaScript ${heap.padStart(6)} MB  wasm ${(wasm / 1e6).toFixed(2).padStart(6)} MB` +
        `  elements ${of("Nodes")}  listeners ${of("JSEventListeners")}`,
    );
  };
  await page.getByTestId("auto-pace").click();
  await page.getByTestId("speed").focus();
  await page.keyboard.press("End");
  if (speed !== "10") {
    for (let presses = 0; presses < 20; presses += 1) {
      if ((await page.getByTestId("speed-label").textContent()) === `${speed}×`) break;
      await page.keyboard.press("ArrowLeft");
    }
  }
  await told("before");
  // The second time all of the run has been seen: what grows then is lost.
  for (const time of ["first", "second"]) {
    await page.getByTestId("to-start").click();
    await page.getByTestId("play").click();
    for (const minute of [1, 5, 9]) {
      await page.waitForFunction(
        (until) => Number.parseFloat(document.querySelector('[data-testid="time"]').textContent) >= until,
        minute * 60_000,
        { timeout: 0, polling: 100 },
      );
      await told(`${time} time, minute ${minute}`);
    }
    await page.getByTestId("play").click();
  }
});
