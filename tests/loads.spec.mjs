// The page comes up wherever a course may put it.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test, expect, started, onDisk, dist } from "./support/fixtures.mjs";

test("the page loads from a sub-path of a static host", async ({ page, site }) => {
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(site.url);
  await started(page);
  expect(asked.length).toBeGreaterThan(2);
  for (const url of asked) expect(url.startsWith(site.url), `${url} is below ${site.url}`).toBe(true);
});

test("the sub-path without its last slash leads there too", async ({ page, site }) => {
  await page.goto(site.url.slice(0, -1));
  await started(page);
});

test("the single file runs from disk", async ({ page }) => {
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(onDisk("raftlab.html"));
  await started(page);
  const others = asked.filter((url) => url.startsWith("file:") && !url.endsWith("/raftlab.html"));
  expect(others, "files beside the single file").toEqual([]);
});

test("the single file runs in a sandboxed iframe of another origin", async ({ page, site, articles }) => {
  await page.goto(
    articles.publish(
      `<iframe sandbox="allow-scripts" width="800" height="450" src="${site.url}raftlab.html"></iframe>`,
    ),
  );
  await started(page.frameLocator("iframe"));
});

test("the single file runs inside the article itself, as srcdoc", async ({ page, articles }) => {
  await page.goto(articles.publish(`<iframe sandbox="allow-scripts" width="800" height="450"></iframe>`));
  const html = await readFile(join(dist, "raftlab.html"), "utf8");
  await page.locator("iframe").evaluate((frame, text) => {
    frame.srcdoc = text;
  }, html);
  await started(page.frameLocator("iframe"));
});

test("the page of many files runs in a sandboxed iframe where its host lets it", async ({
  page,
  sharedSite,
  articles,
}) => {
  await page.goto(articles.publish(`<iframe sandbox="allow-scripts" width="800" height="450" src="${sharedSite.url}"></iframe>`));
  await started(page.frameLocator("iframe"));
});

test("the page of many files says so where its host does not let it", async ({ page, site, articles, watch }) => {
  watch.allow(/CORS policy/, /Failed to load resource/, /Failed to fetch/);
  await page.goto(articles.publish(`<iframe sandbox="allow-scripts" width="800" height="450" src="${site.url}"></iframe>`));
  await expect(page.frameLocator("iframe").getByRole("alert")).toHaveText(/could not start/);
});

test("index.html opened from disk says what to open instead", async ({ page, watch }) => {
  watch.allow(/CORS policy/, /Failed to load resource/);
  await page.goto(onDisk("index.html"));
  await expect(page.getByRole("alert")).toContainText("needs a web server");
  await expect(page.locator("#starting-words")).toContainText("raftlab.html");
});

test("a page whose wasm is missing says so", async ({ page, site, watch }) => {
  watch.allow(/./);
  await page.route("**/*.wasm", (route) => route.fulfill({ status: 404, body: "" }));
  await page.goto(site.url);
  await expect(page.getByRole("alert")).toHaveText(/could not start/);
});

// What the page does without until it is in use: `web/src/later.rs`.
const LATER = "**/*_later.wasm";

// Holds back what comes later, until the function that it gives is called.
async function held(page) {
  let release;
  const released = new Promise((done) => (release = done));
  await page.route(LATER, async (route) => {
    await released;
    await route.continue();
  });
  return release;
}

test("the page plays before the rest is there, and what is wanted of the rest waits for it", async ({ page, site }) => {
  const release = await held(page);
  await page.goto(site.url);
  await started(page);
  const time = await page.getByTestId("time").textContent();
  await expect(page.getByTestId("time")).not.toHaveText(time);
  await page.getByTestId("tab-log").click();
  await expect(page.getByTestId("panel-log")).toHaveText("Loading…");
  await page.getByTestId("crash-leader").click();
  await page.keyboard.press("?");
  await expect(page.getByTestId("crash-leader")).toBeFocused();
  release();
  await expect(page.getByTestId("help")).toBeVisible();
  await expect(page).toHaveURL(/do=\d+:crash:leader/);
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("log")).toBeVisible();
});

test("a key that acts waits for the rest as a button does", async ({ page, site }) => {
  const release = await held(page);
  await page.goto(site.url);
  await started(page);
  // There must be one that can crash.
  await expect(page.locator("[data-role=leader]")).toHaveCount(1);
  await page.keyboard.press("c");
  await expect(page.getByTestId("notice")).toHaveCount(0);
  release();
  await expect(page).toHaveURL(/do=\d+:crash:leader/);
});

test("the rest is loaded by itself, and then nothing more is", async ({ page, context, site }) => {
  const later = page.waitForResponse(/_later\.wasm$/);
  await page.goto(site.url);
  await (await later).finished();
  await started(page);
  await context.setOffline(true);
  await page.getByTestId("tab-history").click();
  await expect(page.getByTestId("history")).toBeVisible();
  await page.getByTestId("open-help").click();
  await expect(page.getByTestId("help")).toBeVisible();
  await page.keyboard.press("Escape");
  await page.getByTestId("scenario").selectOption("figure-8");
  await expect(page).toHaveURL(/#scenario=figure-8/);
});

test("where the rest does not come the page says so, and asks for it again", async ({ page, site, watch }) => {
  watch.allow(/Failed to load resource/, /Failed to fetch/);
  await page.route(LATER, (route) => route.abort());
  await page.goto(site.url);
  await started(page);
  await page.getByTestId("open-help").click();
  await expect(page.getByTestId("not-loaded")).toContainText("could not be loaded");
  await page.getByTestId("load-again").click();
  await expect(page.getByTestId("load-again")).toBeVisible();
  await page.unroute(LATER);
  await page.getByTestId("load-again").click();
  await expect(page.getByTestId("help")).toBeVisible();
  await expect(page.getByTestId("not-loaded")).toHaveCount(0);
});

test("who does without what does not come goes on as before", async ({ page, site, watch }) => {
  watch.allow(/Failed to load resource/, /Failed to fetch/);
  await page.route(LATER, (route) => route.abort());
  await page.goto(site.url);
  await started(page);
  await page.getByTestId("tab-log").click();
  await page.getByTestId("do-without").click();
  await expect(page.getByTestId("not-loaded")).toHaveCount(0);
  await expect(page.getByTestId("tab-story")).toHaveAttribute("aria-selected", "true");
});

test("an embed that does without is not told again, until something is wanted", async ({ page, site, watch }) => {
  watch.allow(/Failed to load resource/, /Failed to fetch/);
  await page.route(LATER, (route) => route.abort());
  await page.goto(`${site.url}?embed=1`);
  await started(page);
  await page.getByTestId("do-without").click();
  await expect(page.getByTestId("not-loaded")).toHaveCount(0);
  await page.keyboard.press("?");
  await expect(page.getByTestId("not-loaded")).toBeVisible();
  await page.unroute(LATER);
  await page.getByTestId("load-again").click();
  await expect(page.getByTestId("help")).toBeVisible();
});

test("what waits is done at its moment and in its run, whatever is wanted next", async ({ page, site }) => {
  const release = await held(page);
  await page.goto(`${site.url}#scenario=leader-crash&seed=42&t=700000`);
  await started(page);
  await page.getByTestId("crash-leader").click();
  await page.getByTestId("step-forward").click();
  await expect(page.getByTestId("time")).not.toHaveText("700.0 ms");
  await page.getByTestId("seed").fill("9");
  await page.getByTestId("seed").press("Enter");
  release();
  await expect(page).toHaveURL(/seed=9/);
  await page.getByTestId("undo").click();
  await expect(page).toHaveURL(/seed=42&do=700000:crash:leader/);
});

test("a hash that is typed before the rest is there is followed, whatever is pressed meanwhile", async ({ page, site }) => {
  const release = await held(page);
  await page.goto(`${site.url}#scenario=leader-crash&seed=42&t=700000`);
  await started(page);
  await page.evaluate(() => (location.hash = "#scenario=figure-8&seed=1&t=100000"));
  await page.keyboard.press("ArrowRight");
  await page.waitForTimeout(500);
  release();
  await expect(page).toHaveURL(/#scenario=figure-8&seed=1/);
  await expect(page.getByTestId("scenario")).toHaveValue("figure-8");
});

test("a link to any other run says so when what it takes does not come", async ({ page, site, watch }) => {
  watch.allow(/./);
  await page.route(LATER, (route) => route.fulfill({ status: 404, body: "" }));
  await page.goto(`${site.url}#scenario=figure-8&seed=1`);
  await expect(page.getByRole("alert")).toHaveText(/could not start/);
});

test("a browser without WebAssembly is told so", async ({ page, site, watch }) => {
  watch.allow(/./);
  await page.addInitScript(() => delete globalThis.WebAssembly);
  await page.goto(site.url);
  await expect(page.locator("#starting")).toContainText("no WebAssembly");
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("the page says that it needs it", async ({ page, site }) => {
    await page.goto(site.url);
    await expect(page.locator("noscript p")).toContainText("needs JavaScript");
    await expect(page.locator("#starting-text"), "it is not loading").toBeHidden();
  });
});

test("nothing in the built files names another host", async () => {
  // A link that a reader may follow is no request; what is loaded is.
  for (const name of await readdir(dist)) {
    if (!name.endsWith(".html") && !name.endsWith(".css")) continue;
    const text = await readFile(join(dist, name), "utf8");
    expect(text, name).not.toMatch(/(src|import|url\()\s*[=(]?\s*["']?(https?:)?\/\/(?!www\.w3\.org)/);
  }
});

const sizes = [
  { width: 1280, height: 800 },
  { width: 800, height: 450 },
  { width: 375, height: 667 },
];
for (const query of ["", "?embed=1&autoplay=0"]) {
  for (const viewport of sizes) {
    test(`nothing jumps when the app takes over, ${viewport.width} by ${viewport.height} ${query}`, async ({ browser, site }) => {
      const context = await browser.newContext({ viewport, reducedMotion: "reduce" });
      const page = await context.newPage();
      let arrive;
      const arrived = new Promise((done) => (arrive = done));
      await page.route("**/*.wasm", async (route) => {
        await arrived;
        await route.continue();
      });
      await page.goto(`${site.url}${query}`, { waitUntil: "domcontentloaded" });
      await expect(page.locator("#starting .node")).toHaveCount(5);
      const places = () =>
        page.evaluate(() => {
          const bounds = (selector) => {
            const { x, y, width, height } = document.querySelector(selector).getBoundingClientRect();
            return [x, y, width, height].map(Math.round);
          };
          const disc = document.querySelector(".node .disc").getBoundingClientRect();
          return { stage: bounds(".stage-box"), transport: bounds(".transport"), disc: [disc.x, disc.y] };
        });
      const before = await places();
      const text = await page.locator("#starting .name").allTextContents();
      arrive();
      await started(page);
      await page.waitForTimeout(200);
      const after = await places();
      const jump = (one, other) => Math.max(...one.map((place, at) => Math.abs(place - other[at])));
      expect(jump(before.stage, after.stage), `${before.stage} and ${after.stage}`).toBeLessThanOrEqual(4);
      expect(await page.locator("#app .name").allTextContents()).toEqual(text);
      // In the window that it is drawn for, the cluster itself stays where it is.
      if (viewport.width === 1280 && query === "") expect(jump(before.disc, after.disc)).toBeLessThanOrEqual(4);
      await context.close();
    });
  }
}

test("a page that breaks says so, with the link to the run, and starts again from there", async ({ page, site, watch }) => {
  watch.allow(/a test breaks the page/, /unreachable/);
  await page.goto(`${site.url}#scenario=reads-by-lease&seed=3&t=600000`);
  await started(page);
  await page.getByTestId("step-forward").click();
  const time = await page.getByTestId("time").textContent();
  await page.evaluate(() => {
    try {
      dispatchEvent(new Event("raftlab-break"));
    } catch {
      // That is the point.
    }
  });
  const message = page.getByTestId("panic");
  await expect(message).toBeVisible();
  const link = await message.locator("a").first().getAttribute("href");
  expect(link).toContain("#scenario=reads-by-lease&seed=3&t=60");
  await page.getByRole("button", { name: "Start again" }).click();
  await expect(message).toHaveCount(0);
  await started(page);
  await expect(page.getByTestId("time")).toHaveText(time);
  await page.getByTestId("step-forward").click();
  await expect(page.getByTestId("time")).not.toHaveText(time);
});
