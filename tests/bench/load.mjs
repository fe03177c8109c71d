// How long the page takes to load from this machine, nothing of it kept from before: until the
// first picture, until the app is there with a button that plays, and until time passes in it.
// Printed, not judged.
import { measured, quantile } from "../support/bench.mjs";

const LOADS = 9;

// Runs in the page, before anything of it: notes when what is waited for is there.
const watch = () => {
  const noted = (globalThis.noted = {});
  let first;
  const look = () => {
    const control = document.querySelector("#app [data-testid=play]");
    const time = document.querySelector("#app [data-testid=time]")?.textContent;
    if (control) noted.interactive ??= performance.now();
    if (time !== undefined) first ??= time;
    if (time !== undefined && time !== first) noted.playing ??= performance.now();
    if (noted.playing === undefined) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
};

const measure = async (browser, site) => {
  for (const [what, hash, slower] of [
    ["the page as it opens", "", 1],
    ["a link to another run", "#scenario=figure-8&seed=1", 1],
    ["as it opens, CPU 4 times slower", "", 4],
  ]) {
    const loads = [];
    for (let load = 0; load < LOADS; load += 1) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
      const page = await context.newPage();
      const session = await context.newCDPSession(page);
      await session.send("Emulation.setCPUThrottlingRate", { rate: slower });
      await page.addInitScript(watch);
      await page.goto(site.url + hash);
      await page.waitForFunction(() => globalThis.noted.playing !== undefined);
      loads.push(
        await page.evaluate(() => ({
          picture: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN,
          ...globalThis.noted,
        })),
      );
      await context.close();
    }
    const figure = (name) => quantile(loads.map((load) => load[name]), 0.5).toFixed(0).padStart(5);
    console.log(
      `${what.padEnd(32)} first picture ${figure("picture")} ms, interactive ${figure("interactive")} ms, ` +
        `playing ${figure("playing")} ms (median of ${LOADS} loads)`,
    );
  }
};

// From the same machine a smaller file comes no sooner, and would have to be unpacked.
await measured("Until the page plays", measure, { compressed: false });
