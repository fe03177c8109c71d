// axe-core finds nothing to complain about.
import { test, expect, started, onDisk } from "./support/fixtures.mjs";
import { violations } from "./support/accessibility.mjs";

test("the page that has started", async ({ page, site }) => {
  await page.goto(site.url);
  await started(page);
  expect(await violations(page)).toEqual([]);
});

test("index.html opened from disk", async ({ page, watch }) => {
  watch.allow(/CORS policy/, /Failed to load resource/);
  await page.goto(onDisk("index.html"));
  await expect(page.getByRole("alert")).toBeVisible();
  expect(await violations(page)).toEqual([]);
});
