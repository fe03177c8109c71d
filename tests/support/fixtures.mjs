// What a spec imports instead of "@playwright/test":
//
//   import { test, expect, started } from "./support/fixtures.mjs";
//
//   test("...", async ({ page, site }) => {
//     await page.goto(site.url);       // the built page below a sub-path
//     await started(page);             // the app has mounted
//   });
//
// In every test, an error in the console or a request to a foreign host fails
// the test at its end, unless `watch.allow(/.../)` expected the error.
import { test as base, expect } from "@playwright/test";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { serveArticles, serveFolder } from "./server.mjs";

export { expect };

// The folder that `cargo xtask build` made.
export const dist = resolve(process.env.RAFTLAB_DIST ?? join(import.meta.dirname, "../../dist"));

if (!existsSync(join(dist, "raftlab.html"))) {
  throw new Error(`${dist} holds no built page: run \`cargo xtask build\` first`);
}

// The address from disk of a file of the built page.
export const onDisk = (name) => pathToFileURL(join(dist, name)).href;

// A course's site has the page somewhere below, and something else at its top.
const SUB_PATH = "/some/course/raft/";

export const test = base.extend({
  // The built page on a host that adds no header of its own.
  site: [
    async ({}, use) => {
      const site = await serveFolder(dist, SUB_PATH);
      await use(site);
      await site.close();
    },
    { scope: "worker" },
  ],
  // The same on a host that lets other origins read its files.
  sharedSite: [
    async ({}, use) => {
      const site = await serveFolder(dist, SUB_PATH, { shared: true });
      await use(site);
      await site.close();
    },
    { scope: "worker" },
  ],
  // Another origin: `articles.publish(html)` gives the address of a page with that body.
  articles: [
    async ({}, use) => {
      const articles = await serveArticles();
      await use(articles);
      await articles.close();
    },
    { scope: "worker" },
  ],
  // What went wrong in the pages of the test.
  watch: [
    async ({ context }, use) => {
      const errors = [];
      const foreign = [];
      const allowed = [];
      const record = (text) => {
        if (!allowed.some((pattern) => pattern.test(text))) errors.push(text);
      };
      context.on("console", (message) => {
        if (message.type() === "error") record(message.text());
      });
      context.on("weberror", (error) => record(String(error.error())));
      context.on("request", (request) => {
        const url = new URL(request.url());
        const local = url.hostname === "127.0.0.1" || ["file:", "data:", "blob:", "about:"].includes(url.protocol);
        if (!local) foreign.push(request.url());
      });
      await use({
        // Errors that the test is about; to be called before they happen.
        allow: (...patterns) => allowed.push(...patterns),
        errors,
        foreign,
      });
      expect(errors, "errors in the console").toEqual([]);
      expect(foreign, "requests to another host").toEqual([]);
    },
    { auto: true },
  ],
});

// Waits until the app has mounted in a page or a frame: it replaces the text
// that index.html shows while it loads.
export async function started(page) {
  await expect(page.locator("#app")).toHaveCount(1);
  await expect(page.locator("#starting"), "the app mounts").toHaveCount(0);
}
