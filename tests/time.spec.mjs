// Going back and forth in a run, and meeting the same run again by its link.
import { test, expect } from "./support/fixtures.mjs";
import { history, milliseconds, nodes, open, pause, rpcs, toEnd } from "./support/page.mjs";

const everything = async (page) => ({
  time: await page.getByTestId("time").textContent(),
  event: await page.getByTestId("event-count").textContent(),
  nodes: await nodes(page),
  history: await history(page),
  rpcs: await rpcs(page),
});

test("a step back and a step forward give the same state", async ({ page, site }) => {
  await open(page, site, { scenario: "leader-crash", seed: 42, t: 1_140_000 });
  // At a moment several events may have happened; from here on it is one at a time.
  await page.getByTestId("step-forward").click();
  const here = await everything(page);
  for (let steps = 0; steps < 12; steps += 1) await page.getByTestId("step-back").click();
  expect(await everything(page)).not.toEqual(here);
  for (let steps = 0; steps < 12; steps += 1) await page.getByTestId("step-forward").click();
  expect(await everything(page)).toEqual(here);
});

test("the arrow keys step, and Home and End go to the ends", async ({ page, site }) => {
  await open(page, site, { scenario: "leader-crash", seed: 42, t: 500_000 });
  const count = page.getByTestId("event-count");
  const before = await count.textContent();
  await page.keyboard.press("ArrowRight");
  await expect(count).not.toHaveText(before);
  await page.keyboard.press("ArrowLeft");
  await expect(count).toHaveText(before);
  await page.keyboard.press("Home");
  await expect(page.getByTestId("time")).toHaveText(milliseconds(0));
  await page.keyboard.press("End");
  await expect(page.getByTestId("time")).toHaveText(milliseconds(2_500_000));
});

test("the same link gives the same run in two tabs", async ({ context, site }) => {
  const link = { scenario: "leader-crash", seed: 12345, do: "700000:crash:C,900000:restart:C" };
  const seen = [];
  for (let tab = 0; tab < 2; tab += 1) {
    const page = await context.newPage();
    await open(page, site, link);
    await toEnd(page);
    seen.push(await everything(page));
  }
  expect(seen[1]).toEqual(seen[0]);
});

test("another seed gives another run, and its link reproduces it", async ({ page, context, site }) => {
  await open(page, site, { scenario: "leader-crash", seed: 42 });
  await page.getByTestId("new-seed").click();
  await expect(page).toHaveURL(/seed=(?!42\b)\d+/);
  await toEnd(page);
  const drawn = await everything(page);
  const other = await context.newPage();
  await other.goto(page.url());
  await toEnd(other);
  expect(await everything(other)).toEqual(drawn);
});

test("it plays, pauses, and plays no further than the end", async ({ page, site }) => {
  await open(page, site, { scenario: "leader-crash", seed: 42, t: 2_480_000 });
  const time = page.getByTestId("time");
  await page.getByTestId("play").click();
  await expect(time).toHaveText(milliseconds(2_500_000));
  await expect(page.getByTestId("play")).toHaveAttribute("aria-label", "Play");
});

test("the speed goes from a thousandth to ten times", async ({ page, site }) => {
  await open(page, site, { scenario: "leader-crash", seed: 42, t: 10_000 });
  const speed = page.getByTestId("speed");
  await speed.focus();
  await page.keyboard.press("Home");
  await expect(page.getByTestId("speed-label")).toHaveText("1/1000×");
  await page.keyboard.press("End");
  await expect(page.getByTestId("speed-label")).toHaveText("10×");
  await pause(page);
});

test("the slider over the run's time goes to any moment", async ({ page, site }) => {
  await open(page, site, { scenario: "leader-crash", seed: 42, t: 10_000 });
  const box = await page.getByTestId("time-slider").boundingBox();
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  const shown = Number.parseFloat(await page.getByTestId("time").textContent());
  expect(shown).toBeGreaterThan(1_100);
  expect(shown).toBeLessThan(1_400);
});

for (const [hash, says] of [
  ["scenario=leader-crush", /leader-crush.*leader-crash/s],
  ["seed=minus-one", /seed/],
  ["scenario=leader-crash&do=5:explode:B", /explode/],
  ["scenario=leader-crash&do=5:crash:Z", /Z/],
  ["colour=blue", /colour/],
  ["%E0%A4%A", /%E0%A4%A|no field|unknown|field/i],
]) {
  test(`a wrong hash gives a message and the default run: #${hash}`, async ({ page, site }) => {
    await page.goto(`${site.url}#${hash}`);
    await expect(page.getByTestId("notice")).toContainText(says);
    await expect(page.getByTestId("scenario")).toHaveValue("leader-crash");
    expect(Object.keys(await nodes(page))).toHaveLength(5);
    await page.getByTestId("dismiss").click();
    await expect(page.getByTestId("notice")).toHaveCount(0);
  });
}

test("a wrong hash typed over a good run leaves a working page", async ({ page, site }) => {
  await open(page, site, { scenario: "two-data-centres", seed: 3, t: 900_000 });
  await page.evaluate(() => {
    location.hash = "#seed=x";
  });
  await expect(page.getByTestId("notice")).toContainText("seed");
  await toEnd(page);
});
