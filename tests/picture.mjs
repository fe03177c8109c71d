// Takes the picture in the README, of the built page: `node tests/picture.mjs`, after
// `cargo xtask build` and with the node packages that `cargo xtask test` installs.
import { chromium } from "playwright-core";
import { serveFolder } from "./support/server.mjs";

const file = (path) => new URL(path, import.meta.url).pathname;
const site = await serveFolder(process.env.RAFTLAB_DIST ?? file("../dist"), "/");
const browser = await chromium.launch({
  executablePath: process.env.RAFTLAB_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
await page.goto(`${site.url}#scenario=two-data-centres-minority&seed=42&t=956500`);
await page.getByTestId("stage").waitFor();
await page.waitForTimeout(500);
await page.screenshot({ path: file("../docs/page.png") });
await browser.close();
await site.close();
