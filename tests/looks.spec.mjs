// The page in each size and theme: nothing sticks out, and axe-core is content.
import { test, expect } from "./support/fixtures.mjs";
import { violations } from "./support/accessibility.mjs";
import { open } from "./support/page.mjs";

const sizes = [
  { width: 1280, height: 800 },
  { width: 800, height: 450 },
  { width: 375, height: 667 },
];
const moments = [
  { scenario: "leader-crash", seed: 42, t: 1_136_000 },
  { scenario: "two-data-centres-minority", seed: 42, t: 1_400_000 },
  { scenario: "phantom-leader-lease", seed: 42, t: 960_000 },
];

for (const colorScheme of ["light", "dark"]) {
  for (const viewport of sizes) {
    test(`${viewport.width} by ${viewport.height}, ${colorScheme}`, async ({ browser, site }) => {
      test.setTimeout(180_000);
      const context = await browser.newContext({ viewport, colorScheme, reducedMotion: "reduce" });
      const page = await context.newPage();
      for (const moment of moments) {
        await open(page, site, moment);
        await nothingSticksOut(page);
        expect(await violations(page)).toEqual([]);
      }
      for (const tab of ["nodes", "log", "rpcs", "history", "checks", "settings"]) {
        await page.getByTestId(`tab-${tab}`).click();
        await nothingSticksOut(page);
        expect(await violations(page), tab).toEqual([]);
      }
      await context.close();
    });
  }

  for (const viewport of [...sizes, { width: 320, height: 480 }]) {
    test(`embedded, ${viewport.width} by ${viewport.height}, ${colorScheme}`, async ({ browser, site }) => {
      test.setTimeout(180_000);
      const context = await browser.newContext({ viewport, colorScheme, reducedMotion: "reduce" });
      const page = await context.newPage();
      for (const moment of moments) {
        await open(page, { url: `${site.url}?embed=1` }, moment);
        await nothingSticksOut(page);
        expect(await violations(page)).toEqual([]);
      }
      await context.close();
    });
  }
}

async function nothingSticksOut(page) {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(overflow, "nothing to scroll sideways").toBeLessThanOrEqual(0);
}

test("with the menu, the help and the dialog for walls open", async ({ page, site }) => {
  await open(page, site, moments[0]);
  await page.locator("#node-B").click();
  await expect(page.getByTestId("menu")).toBeVisible();
  expect(await violations(page), "menu").toEqual([]);
  await page.keyboard.press("Escape");
  await page.getByTestId("open-help").click();
  await expect(page.getByTestId("help")).toBeVisible();
  expect(await violations(page), "help").toEqual([]);
  await page.keyboard.press("Escape");
  await page.getByTestId("open-partition").click();
  await expect(page.getByTestId("partition")).toBeVisible();
  expect(await violations(page), "walls").toEqual([]);
});

test("a reader who wants no motion gets none: the page starts paused", async ({ browser, site }) => {
  const context = await browser.newContext({ reducedMotion: "reduce" });
  const page = await context.newPage();
  await open(page, site);
  await expect(page.getByTestId("play")).toHaveAttribute("aria-label", "Play");
  await context.close();
});

test("nothing runs while it is paused", async ({ page, site }) => {
  await open(page, site, moments[0]);
  const frames = await page.evaluate(async () => {
    let asked = 0;
    const original = window.requestAnimationFrame;
    window.requestAnimationFrame = (callback) => {
      asked += 1;
      return original.call(window, callback);
    };
    await new Promise((done) => setTimeout(done, 500));
    return asked;
  });
  expect(frames).toBe(0);
});
