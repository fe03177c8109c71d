// The space-time diagram of a run of 100,000 events: what a frame costs the main thread while one zooms
// and scrubs. Printed, not judged.
import { events, framesDuring, measured, openRun, row } from "../support/bench.mjs";

// Nine nodes with a heartbeat every 10 ms, for a minute and a half.
const LONG = "free=9&preset=paper&clients=6&seed=42&do=1:set:heartbeat:10000&t=20000000";

await measured("The space-time diagram, in main-thread time of a frame", async (browser, site) => {
  const page = await openRun(browser, site, LONG);
  const { all } = await events(page);
  console.log(`the run has ${all} events`);
  const box = page.getByTestId("space-time-box");
  const { x, y, width, height } = await box.boundingBox();
  const [center, lanes] = [x + width / 2, y + height * 0.6];
  const span = async () => Number(await box.getAttribute("data-length"));

  await page.mouse.move(center, lanes);
  const [closest, widest] = [await span(), []];
  const zoom = await framesDuring(page, async () => {
    await page.keyboard.down("Control");
    for (const [turns, by] of [[60, 120], [60, -120], [60, 120], [60, -120]]) {
      for (let turn = 0; turn < turns; turn += 1) await page.mouse.wheel(0, by);
      widest.push(await span());
    }
    await page.keyboard.up("Control");
  });
  row(`zoom by the wheel, to ${Math.max(...widest) / 1e6} s and ${Math.min(closest, ...widest) / 1e3} ms`, zoom);

  for (const [what, key] of [["as it is", null], ["the whole run", "0"]]) {
    if (key) {
      await box.focus();
      await page.keyboard.press(key);
    }
    const shown = await span();
    const drag = async (down) => {
      await page.mouse.move(center, y + height * down);
      await page.mouse.down();
      for (let turn = 0; turn < 150; turn += 1) {
        await page.mouse.move(center + (width / 2.5) * Math.sin(turn / 12), y + height * down);
      }
      await page.mouse.up();
    };
    row(`scrub by dragging, ${what} (${shown / 1e6} s)`, await framesDuring(page, () => drag(0.6)));
    row(`shift by dragging, ${what} (${shown / 1e6} s)`, await framesDuring(page, () => drag(0.03)));
  }
  const slider = await page.getByTestId("time-slider").boundingBox();
  const slide = await framesDuring(page, async () => {
    await page.mouse.move(slider.x + slider.width / 2, slider.y + slider.height / 2);
    await page.mouse.down();
    for (let turn = 0; turn < 150; turn += 1) {
      await page.mouse.move(slider.x + slider.width * (0.5 + 0.4 * Math.sin(turn / 12)), slider.y + slider.height / 2);
    }
    await page.mouse.up();
  });
  row("the slider over the whole run", slide);
});
