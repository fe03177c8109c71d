// The space-time diagram as what one scrubs, zooms and shifts; what one jumps to; the runs
// that one made; auto-pace.
import { test, expect } from "./support/fixtures.mjs";
import { milliseconds, open } from "./support/page.mjs";

const LINK = { scenario: "leader-crash", seed: 42, t: 700_000 };

const span = async (page) => {
  const box = page.getByTestId("space-time-box");
  const from = Number(await box.getAttribute("data-from"));
  const length = Number(await box.getAttribute("data-length"));
  return { from, length, to: from + length };
};

const middle = async (page, down = 0.5) => {
  const { x, y, width, height } = await page.getByTestId("space-time-box").boundingBox();
  return [x + width / 2, y + height * down];
};

test("Ctrl and the wheel stretch it about the pointer; a plain wheel is the page's", async ({ page, site }) => {
  await open(page, site, LINK);
  const before = await span(page);
  const [x, y] = await middle(page);
  await page.mouse.move(x, y);
  await page.mouse.wheel(0, 120);
  expect(await span(page)).toEqual(before);
  await page.keyboard.down("Control");
  await page.mouse.wheel(0, -200);
  await page.keyboard.up("Control");
  await expect.poll(async () => (await span(page)).length).toBeLessThan(before.length * 0.6);
  const after = await span(page);
  // The moment under the pointer stays there: the box's middle is not quite the plot's.
  expect(Math.abs(after.from + after.to - before.from - before.to) / 2).toBeLessThan(before.length * 0.05);
  await expect(page.getByTestId("time")).toHaveText(milliseconds(LINK.t));
});

test("dragging the axis shifts it, dragging the lanes takes the playhead along", async ({ page, site }) => {
  await open(page, site, LINK);
  const before = await span(page);
  const [x, y] = await middle(page, 0.03);
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x - 100, y, { steps: 4 });
  await page.mouse.up();
  await expect.poll(async () => (await span(page)).from).toBeGreaterThan(before.from);
  expect((await span(page)).length).toBe(before.length);
  await expect(page.getByTestId("time")).toHaveText(milliseconds(LINK.t));
  const [, lanes] = await middle(page, 0.6);
  await page.mouse.move(x, lanes);
  await page.mouse.down();
  await page.mouse.move(x + 40, lanes, { steps: 4 });
  await page.mouse.up();
  await expect(page.getByTestId("time")).not.toHaveText(milliseconds(LINK.t));
});

test("who looks elsewhere is left alone until the playhead moves", async ({ page, site }) => {
  await open(page, site, LINK);
  await page.getByTestId("space-time-box").focus();
  for (let presses = 0; presses < 8; presses += 1) await page.keyboard.press("ArrowRight");
  const away = await span(page);
  expect(away.from).toBeGreaterThan(LINK.t);
  await page.getByTestId("tab-nodes").click();
  expect(await span(page)).toEqual(away);
  await page.getByTestId("step-forward").click();
  await expect.poll(async () => (await span(page)).from).toBeLessThanOrEqual(LINK.t);
});

test("with the diagram in focus, keys zoom and show the whole run", async ({ page, site }) => {
  await open(page, site, LINK);
  const before = await span(page);
  await page.getByTestId("space-time-box").focus();
  await page.keyboard.press("+");
  await expect.poll(async () => (await span(page)).length).toBe(before.length / 2);
  await page.keyboard.press("-");
  await expect.poll(async () => (await span(page)).length).toBe(before.length);
  await page.keyboard.press("0");
  await expect.poll(() => span(page)).toEqual({ from: 0, length: 2_500_000, to: 2_500_000 });
});

test("two fingers stretch it", async ({ browser, site, watch }) => {
  expect(watch.errors).toEqual([]);
  const context = await browser.newContext({ viewport: { width: 375, height: 667 }, hasTouch: true });
  const page = await context.newPage();
  await open(page, site, LINK);
  await page.getByTestId("space-time-box").scrollIntoViewIfNeeded();
  const before = await span(page);
  const [x, y] = await middle(page);
  const session = await context.newCDPSession(page);
  const touch = (type, ...places) =>
    session.send("Input.dispatchTouchEvent", { type, touchPoints: places.map((place, id) => ({ x: place, y, id })) });
  await touch("touchStart", x - 20, x + 20);
  for (const apart of [30, 45, 60]) await touch("touchMove", x - apart, x + apart);
  await touch("touchEnd");
  await expect.poll(async () => (await span(page)).length).toBeLessThan(before.length * 0.6);
  await context.close();
});

test("one jumps to what one chose", async ({ page, site }) => {
  await open(page, site, { ...LINK, t: 10_000 });
  const stops = async (kind) => {
    await page.getByTestId("to-start").click();
    await page.getByTestId("jumps").selectOption({ label: kind });
    const times = [];
    for (let stop = 0; stop < 3; stop += 1) {
      await page.getByTestId("next-notable").click();
      times.push(await page.getByTestId("time").textContent());
    }
    return times;
  };
  const faults = await stops("faults");
  expect(faults[0]).toBe(milliseconds(1_000_000));
  const commits = await stops("commits");
  expect(new Set(commits).size).toBe(3);
  expect(commits).not.toEqual(await stops("elections"));
});

test("acting in the past makes a run beside the old one, and one goes back to either", async ({ page, site }) => {
  await open(page, site, LINK);
  await expect(page.getByTestId("open-runs")).toBeDisabled();
  await page.getByTestId("crash-leader").click();
  await expect(page).toHaveURL(/do=700000:crash:leader/);
  await page.getByTestId("step-back").click();
  await page.getByTestId("write").click();
  await expect(page).toHaveURL(/do=\d+:write:leader/);
  await page.getByTestId("open-runs").click();
  const rows = page.getByTestId("runs").locator("[data-run]");
  await expect(rows).toHaveCount(3);
  await expect(rows.nth(1)).toContainText("crashes");
  await rows.nth(1).focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/do=700000:crash:leader/);
  await expect(page.getByTestId("time")).toHaveText(milliseconds(700_000));
  await page.getByTestId("open-runs").click();
  await rows.nth(0).click();
  await expect(page).not.toHaveURL(/do=/);
});

test("auto-pace is a switch, and the label says how fast it goes", async ({ page, site }) => {
  await open(page, site, { ...LINK, t: 1_500_000 });
  const auto = page.getByTestId("auto-pace");
  await expect(auto).toHaveAttribute("aria-pressed", "true");
  const label = page.getByTestId("speed-label");
  await expect(label).toHaveText("1/20×");
  await page.getByTestId("play").click();
  await expect(label).not.toHaveText("1/20×");
  await auto.click();
  await expect(label).toHaveText("1/20×");
});

test("a page that is paused draws no frames", async ({ page, site }) => {
  await page.addInitScript(() => {
    const request = window.requestAnimationFrame.bind(window);
    window.frames_asked = 0;
    window.requestAnimationFrame = (callback) => {
      window.frames_asked += 1;
      return request(callback);
    };
  });
  await open(page, site, LINK);
  const asked = () => page.evaluate(() => window.frames_asked);
  await page.getByTestId("play").click();
  await expect.poll(asked).toBeGreaterThan(3);
  await page.getByTestId("play").click();
  const before = await asked();
  await page.waitForTimeout(600);
  expect(await asked()).toBe(before);
});
