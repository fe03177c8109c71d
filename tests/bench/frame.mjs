// What a frame costs the main thread while the page plays, with a panel open: script, style and layout.
// And how many frames a page asks for at which nothing happens. Printed, not judged.
import { events, framesDuring, measured, messagesUnderWay, openRun, row } from "../support/bench.mjs";

const moments = [
  ["an election, 5 nodes", "scenario=leader-crash&seed=42&t=1100000", "nodes"],
  ["two leaders, 5 nodes", "scenario=two-data-centres-minority&seed=42&t=1200000", "story"],
  // Networks so slow that many messages are on their way at once.
  ["busy, 5 nodes", "free=5&preset=paper&clients=4&seed=42&do=500000:set:latency:normal-80000-10000&t=4000000", "rpcs"],
  ["busy, 9 nodes", "free=9&preset=paper&clients=6&seed=42&do=500000:set:latency:normal-400000-50000&t=4000000", "rpcs"],
  ["busy, 9 nodes, the logs", "free=9&preset=paper&clients=6&seed=42&do=500000:set:latency:normal-400000-50000&t=4000000", "log"],
];

await measured("A frame of the page that plays, in main-thread time", async (browser, site) => {
  for (const [what, hash, tab] of moments) {
    const page = await openRun(browser, site, hash);
    const before = await messagesUnderWay(page);
    await page.getByTestId(`tab-${tab}`).click();
    await page.getByTestId("play").click();
    await page.waitForTimeout(500);
    const frames = await framesDuring(page, () => page.waitForTimeout(4_000));
    const play = page.getByTestId("play");
    if ((await play.getAttribute("aria-label")) !== "Pause") throw new Error(`${what}: it came to its end meanwhile`);
    await play.click();
    row(`${what}, ${before} to ${await messagesUnderWay(page)} messages, ${tab}`, frames);
    await page.close();
  }
});

await measured("A page that is paused", async (browser, site) => {
  const page = await openRun(browser, site, moments[2][1], (page) =>
    page.addInitScript(() => {
      const request = requestAnimationFrame.bind(window);
      window.framesAsked = 0;
      window.requestAnimationFrame = (callback) => {
        window.framesAsked += 1;
        return request(callback);
      };
    }),
  );
  await page.waitForTimeout(500);
  const asked = () => page.evaluate(() => window.framesAsked);
  const before = await asked();
  await page.waitForTimeout(2_000);
  console.log(`frames asked for in two seconds: ${(await asked()) - before} (${(await events(page)).all} events in the run)`);
});
