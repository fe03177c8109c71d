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
  await expect(page.locator("#starting")).toContainText("raftlab.html");
});

test("a page whose wasm is missing says so", async ({ page, site, watch }) => {
  watch.allow(/./);
  await page.route("**/*.wasm", (route) => route.fulfill({ status: 404, body: "" }));
  await page.goto(site.url);
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
