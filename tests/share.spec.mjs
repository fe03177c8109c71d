// Links and snippets: what they carry, and how one gets hold of them.
import { test, expect, started } from "./support/fixtures.mjs";
import { violations } from "./support/accessibility.mjs";
import { nodes, open } from "./support/page.mjs";

const rest = { scenario: "reads-by-read-index", seed: 7, t: 600_000 };

async function sharedLink(page) {
  await page.getByTestId("share").click();
  const link = await page.getByTestId("share-link").inputValue();
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("share-dialog")).toBeHidden();
  return link;
}

// What one sees of a run at a moment, as far as a link must bring it back.
async function seen(page) {
  await expect(page.getByTestId("time")).toBeVisible();
  return {
    time: await page.getByTestId("time").textContent(),
    events: await page.getByTestId("event-count").textContent(),
    seed: await page.getByTestId("seed").inputValue(),
    scenario: await page.getByTestId("scenario").inputValue(),
    stage: await page.getByTestId("stage").getAttribute("aria-label"),
    nodes: await nodes(page),
  };
}

async function survivesItsLink(page, context) {
  const before = await seen(page);
  const link = await sharedLink(page);
  const other = await context.newPage();
  await other.goto(link);
  await started(other);
  expect(await seen(other)).toEqual(before);
  await other.close();
  return link;
}

test("a link brings back a scenario, a seed and a moment", async ({ page, site, context }) => {
  await open(page, site, rest);
  await page.getByTestId("new-seed").click();
  await page.getByTestId("next-notable").click();
  const link = await survivesItsLink(page, context);
  expect(link.startsWith(site.url)).toBe(true);
});

test("a link brings back what was done, fifty times", async ({ page, site, context }) => {
  const steps = Array.from({ length: 50 }, (_, number) => `${100_000 + number * 10_000}:${number % 2 ? "restart" : "crash"}:${"ABCDE"[number % 3]}`);
  await open(page, site, { ...rest, do: steps.join(","), t: 700_000 });
  await expect(page.getByTestId("notice")).toHaveCount(0);
  await page.locator("#node-D").click();
  await page.getByRole("menuitem", { name: "Crash", exact: true }).click();
  const link = await survivesItsLink(page, context);
  expect(decodeURIComponent(link).match(/:(crash|restart):/g)).toHaveLength(51);
  expect(link).toMatch(/700000:crash:D&t=700000/);
});

test("a link brings back the open tab, and Back does too", async ({ page, site, context }) => {
  await open(page, site, rest);
  await page.getByTestId("tab-checks").click();
  const link = await sharedLink(page);
  expect(link).toMatch(/&tab=checks$/);
  const other = await context.newPage();
  await other.goto(link);
  await started(other);
  await expect(other.getByTestId("tab-checks")).toHaveAttribute("aria-selected", "true");
  await other.goto(`${site.url}#tab=colours`);
  await expect(other.getByTestId("notice")).toContainText("there are story, nodes");
});

test("the link is copied where the browser lets it be", async ({ page, site, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await open(page, site, rest);
  await page.getByTestId("share").click();
  await page.getByTestId("copy-link").click();
  await expect(page.getByTestId("copied")).toHaveText("Copied.");
  const link = await page.getByTestId("share-link").inputValue();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(link);
  expect(link).toBe(`${site.url}#scenario=reads-by-read-index&seed=7&t=600000`);
});

for (const [how, refuse] of [
  ["has none", () => Object.defineProperty(navigator, "clipboard", { value: undefined })],
  ["refuses", () => { if (navigator.clipboard) navigator.clipboard.writeText = () => Promise.reject(new Error("no")); }],
  ["throws", () => { if (navigator.clipboard) navigator.clipboard.writeText = () => { throw new Error("no"); }; }],
]) {
  test(`where the clipboard ${how}, the text is selected for copying by hand`, async ({ page, site }) => {
    await page.addInitScript(refuse);
    await open(page, site, rest);
    await page.getByTestId("share").click();
    for (const [button, field] of [["copy-link", "share-link"], ["copy-snippet", "share-snippet"]]) {
      await page.getByTestId(button).click();
      await expect(page.getByTestId("copied")).toContainText("by hand");
      const selected = await page.getByTestId(field).evaluate((input) => [
        document.activeElement === input,
        input.value.slice(input.selectionStart, input.selectionEnd) === input.value,
      ]);
      expect(selected).toEqual([true, true]);
    }
  });
}

test("the snippet embeds what was chosen, and the preview shows it", async ({ page, site, articles }) => {
  await open(page, site, rest);
  await page.getByTestId("share").click();
  const preview = page.frameLocator('[data-testid="preview"]');
  await expect(preview.getByTestId("time")).toHaveText("600.0 ms");
  await page.getByTestId("embed-size").selectOption("320 × 480");
  await page.getByTestId("embed-theme").selectOption("dark");
  await page.getByTestId("embed-timeline").uncheck();
  await expect(preview.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(preview.getByTestId("embed-story")).toBeVisible();
  await expect(preview.getByTestId("space-time")).toHaveCount(0);
  const snippet = await page.getByTestId("share-snippet").inputValue();
  await page.goto(articles.publish(snippet));
  await started(page.frameLocator("iframe"));
  const frame = page.locator("iframe");
  expect(await frame.evaluate((frame) => [frame.offsetWidth, frame.offsetHeight, frame.title])).toEqual([320, 480, expect.stringMatching(/^Raft: ./)]);
  await expect(page.frameLocator("iframe").locator("html")).toHaveAttribute("data-theme", "dark");
});

test("the snippet of the page in one file works in a sandbox", async ({ page, site, articles }) => {
  await page.goto(`${site.url}raftlab.html#scenario=leader-crash&t=600000`);
  await started(page);
  await page.getByTestId("share").click();
  const snippet = await page.getByTestId("share-snippet").inputValue();
  expect(snippet).toContain('sandbox="allow-scripts');
  const article = articles.publish(snippet);
  await page.goto(article);
  await started(page.frameLocator("iframe"));
  const [full] = await Promise.all([page.context().waitForEvent("page"), page.frameLocator("iframe").getByTestId("open-full").click()]);
  await started(full);
  await expect(full.getByTestId("time")).toHaveText("600.0 ms");
});

test("the run stands still while it is shared, and plays on after", async ({ page, site }) => {
  await page.goto(`${site.url}#scenario=leader-crash`);
  await started(page);
  await expect(page.getByTestId("play")).toHaveAttribute("aria-label", "Pause");
  await page.getByTestId("share").click();
  const link = await page.getByTestId("share-link").inputValue();
  await page.waitForTimeout(300);
  expect(await page.getByTestId("share-link").inputValue()).toBe(link);
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("play")).toHaveAttribute("aria-label", "Pause");
});

for (const colorScheme of ["light", "dark"]) {
  for (const viewport of [{ width: 1280, height: 800 }, { width: 800, height: 450 }, { width: 375, height: 667 }]) {
    test(`the dialog at ${viewport.width} by ${viewport.height}, ${colorScheme}`, async ({ browser, site }) => {
      const context = await browser.newContext({ viewport, colorScheme, reducedMotion: "reduce" });
      const page = await context.newPage();
      await open(page, site, rest);
      await page.getByTestId("share").click();
      await started(page.frameLocator('[data-testid="preview"]'));
      const dialog = page.getByTestId("share-dialog");
      expect(await dialog.evaluate((element) => element.scrollWidth - element.clientWidth)).toBeLessThanOrEqual(0);
      expect(await violations(page, {}, "#share-dialog")).toEqual([]);
      await context.close();
    });
  }
}
