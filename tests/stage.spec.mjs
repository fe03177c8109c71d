// The stage is drawn part by part, of what looks different only: whatever way one comes to a moment,
// it looks as if the page had been opened there.
import { test, expect } from "./support/fixtures.mjs";
import { open } from "./support/page.mjs";

// What is drawn, a line an element. A path that is empty has no data or empty data.
const drawn = (page) =>
  page.getByTestId("stage").evaluate((stage) => stage.outerHTML.replaceAll(' d=""', "").replaceAll("><", ">\n<").split("\n"));
const count = (page) => page.getByTestId("event-count").textContent();

// Keys that go somewhere, on average to the right: from event to event, from turn to turn.
const ways = [
  ["Shift+ArrowRight", 3],
  ["ArrowRight", 12],
  ["Shift+ArrowRight", 9],
  ["Shift+ArrowLeft", 4],
  ["ArrowLeft", 7],
  ["Shift+ArrowRight", 14],
  ["ArrowRight", 1],
  ["End", 1],
  ["Shift+ArrowLeft", 8],
  ["ArrowLeft", 1],
];

for (const scenario of ["two-data-centres-minority", "learner-first", "lagging-follower"]) {
  test(`${scenario}: each way to a moment comes to the same picture`, async ({ page, context, site }) => {
    test.setTimeout(120_000);
    await open(page, site, { scenario, seed: 42, t: 400_000 });
    const stops = [];
    for (const [key, times] of ways) {
      const before = page.url();
      for (let turn = 0; turn < times; turn += 1) await page.keyboard.press(key);
      // The address names a moment once the playhead rests there.
      await expect.poll(() => page.url()).not.toBe(before);
      stops.push({ url: page.url(), count: await count(page), picture: await drawn(page) });
    }
    const fresh = await context.newPage();
    let compared = 0;
    for (const { url, count: there, picture } of stops) {
      await fresh.goto("about:blank");
      await fresh.goto(url);
      await fresh.getByTestId("stage").waitFor();
      // A link says when: of several events at one time it means the last.
      if ((await count(fresh)) !== there) continue;
      expect(await drawn(fresh), url).toEqual(picture);
      compared += 1;
    }
    expect(compared).toBeGreaterThan(stops.length / 2);
  });
}

test("playing to a moment comes to the same picture", async ({ page, context, site }) => {
  await open(page, site, { scenario: "leader-crash", seed: 42, t: 1_050_000 });
  await page.keyboard.press(" ");
  await page.waitForTimeout(1_500);
  const before = page.url();
  await page.keyboard.press(" ");
  await expect.poll(() => page.url()).not.toBe(before);
  const fresh = await context.newPage();
  await fresh.goto(page.url());
  await fresh.getByTestId("stage").waitFor();
  expect(await count(fresh)).toBe(await count(page));
  expect(await drawn(fresh)).toEqual(await drawn(page));
});

test("a learner has a dashed outline, and a voter has none", async ({ page, site }) => {
  await open(page, site, { scenario: "learner-first", seed: 42, t: 1_700_000 });
  const outline = (node) =>
    page.locator(`#node-${node} .disc`).evaluate((disc) => getComputedStyle(disc).strokeDasharray);
  expect(await outline("D")).not.toBe("none");
  expect(await outline("B")).toBe("none");
});

test("while a node gets a snapshot, a bar says how much of it is there", async ({ page, site }) => {
  await open(page, site, { scenario: "lagging-follower", seed: 42, t: 2_056_000 });
  const width = (bar) => page.locator(bar).evaluate((bar) => bar.getBoundingClientRect().width);
  const share = (await width(".snapshot-done")) / (await width(".snapshot-track"));
  expect(share).toBeGreaterThan(0.5);
  expect(share).toBeLessThan(0.6);
});
