// Takes pictures of the built page: those in the README, or with a folder the whole
// matrix of moments, sizes and themes, for somebody to look at. `cargo xtask screenshots`
// calls it; `node screenshots.mjs` here works as well.
//
//   RAFTLAB_DIST      the built page [default: ../dist]
//   RAFTLAB_CHROMIUM  the browser [default: /usr/bin/chromium]
//   RAFTLAB_PICTURES  the folder for the matrix; without it, docs/ gets the README's
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { serveFolder } from "./support/server.mjs";

// Every moment that is pictured, by scenario, seed and time in microseconds.
const moments = {
  election: { scenario: "leader-crash", seed: 42, t: 1_139_400 },
  "two-leaders": { scenario: "two-data-centres-minority", seed: 42, t: 1_015_200 },
  "stale-read": { scenario: "phantom-leader-lease", seed: 42, t: 869_900 },
  joint: { scenario: "joint-change", seed: 42, t: 114_000 },
  snapshot: { scenario: "lagging-follower", seed: 42, t: 2_054_700 },
};

const sizes = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
  { width: 800, height: 450, embed: true },
  { width: 375, height: 667 },
  { width: 320, height: 480 },
  { width: 320, height: 480, embed: true },
];

const readme = [
  { file: "page", moment: "two-leaders", theme: "light", width: 1280, height: 800 },
  { file: "page-dark", moment: "stale-read", theme: "dark", width: 1280, height: 800 },
];

const file = (path) => join(import.meta.dirname, path);
const folder = process.env.RAFTLAB_PICTURES ?? file("../docs");
await mkdir(folder, { recursive: true });

const wanted = process.env.RAFTLAB_PICTURES
  ? Object.keys(moments).flatMap((moment) =>
      sizes.flatMap((size) =>
        ["light", "dark"].map((theme) => ({
          ...size,
          file: `${moment}-${size.width}x${size.height}${size.embed ? "-embed" : ""}-${theme}`,
          moment,
          theme,
        })),
      ),
    )
  : readme;

async function take(page, picture, complaints) {
  const hash = Object.entries(moments[picture.moment]).map((field) => field.join("=")).join("&");
  await page.goto(`${site.url}${picture.embed ? "?embed=1" : ""}#${hash}`);
  await page.getByTestId("stage").first().waitFor();
  // Until nothing moves any more: the second frame after the fonts.
  await page.evaluate(async () => {
    await document.fonts.ready;
    for (let frames = 0; frames < 2; frames += 1) await new Promise(requestAnimationFrame);
  });
  await page.waitForTimeout(300);
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (sideways > 0) complaints.push(`it scrolls sideways, by ${sideways} pixels`);
  await page.screenshot({ path: `${folder}/${picture.file}.png` });
}

const site = await serveFolder(process.env.RAFTLAB_DIST ?? file("../dist"), "/");
const browser = await chromium.launch({
  executablePath: process.env.RAFTLAB_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
const failed = [];
for (const picture of wanted) {
  const { width, height, theme } = picture;
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: theme });
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(`an error: ${error.message}`));
  try {
    await take(page, picture, complaints);
  } catch (error) {
    complaints.push(`there is no picture: ${error.message.split("\n")[0]}`);
  }
  console.log([`${picture.file}.png`, ...complaints].join(": "));
  if (complaints.length > 0) failed.push(picture.file);
  await page.close();
}
await browser.close();
await site.close();
console.log(`${wanted.length} pictures in ${folder}`);
if (failed.length > 0) {
  console.log(`Something is wrong with ${failed.join(", ")}.`);
  process.exitCode = 1;
}
