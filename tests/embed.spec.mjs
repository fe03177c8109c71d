// The page inside another: `?embed=1`.
import { test, expect, started } from "./support/fixtures.mjs";
import { violations } from "./support/accessibility.mjs";
import { openEmbed } from "./support/embed.mjs";

const sizes = [
  { width: 800, height: 450 },
  { width: 375, height: 667 },
  { width: 320, height: 480 },
];
const moments = [
  "scenario=leader-crash&seed=42&t=1136000",
  "scenario=two-data-centres-minority&seed=42&t=1400000",
  "scenario=phantom-leader-lease&seed=42&t=960000",
];

for (const colorScheme of ["light", "dark"]) {
  for (const viewport of sizes) {
    test(`${viewport.width} by ${viewport.height}, ${colorScheme}: all is there, nothing scrolls`, async ({ browser, site }) => {
      const context = await browser.newContext({ viewport, colorScheme, reducedMotion: "reduce" });
      const page = await context.newPage();
      for (const moment of moments) {
        await openEmbed(page, site, "", moment);
        const found = await page.evaluate(() => {
          const root = document.documentElement;
          const inside = [...document.querySelectorAll("#app *")].filter((element) => {
            const style = getComputedStyle(element);
            const scrolls = element.scrollHeight > element.clientHeight + 1 && /auto|scroll/.test(style.overflowY);
            return scrolls && element.clientHeight > 0;
          });
          const outside = [...document.querySelectorAll("button, a, #app text")].filter((element) => {
            const box = element.getBoundingClientRect();
            if (box.width === 0 || element.closest("dialog")) return false;
            return box.left < -1 || box.top < -1 || box.right > innerWidth + 1 || box.bottom > innerHeight + 1;
          });
          return {
            page: [root.scrollWidth - innerWidth, root.scrollHeight - innerHeight].map((more) => Math.max(more, 0)),
            inside: inside.map((element) => element.className),
            outside: outside.map((element) => element.dataset.testid ?? element.textContent),
          };
        });
        expect(found).toEqual({ page: [0, 0], inside: [], outside: [] });
        for (const id of ["stage", "embed-story", "step-back", "play", "step-forward", "time", "open-actions", "open-full", "space-time"]) {
          await expect(page.getByTestId(id), id).toBeVisible();
        }
        for (const id of ["to-start", "speed", "scenario", "seed", "tab-story"]) {
          await expect(page.getByTestId(id), id).toBeHidden();
        }
        expect(await violations(page)).toEqual([]);
        if (viewport.width < 600) {
          const targets = await page.locator(".transport :is(button, a):visible").evaluateAll((all) =>
            all.map((one) => one.getBoundingClientRect()).filter((box) => box.width < 44 || box.height < 44).length,
          );
          expect(targets, "targets too small for a finger").toBe(0);
        }
      }
      await context.close();
    });
  }
}

test("the controls play, step and break it, by keyboard as by mouse", async ({ page, site }) => {
  await page.setViewportSize({ width: 320, height: 480 });
  await openEmbed(page, site, "", "scenario=leader-crash&seed=42&t=600000");
  await page.getByTestId("step-forward").click();
  await expect(page.getByTestId("time")).not.toHaveText("600.0 ms");
  await page.getByRole("button", { name: "Break it" }).click();
  const heights = await page.locator(".actions button").evaluateAll((all) => all.map((one) => one.getBoundingClientRect().top));
  expect(Math.min(...heights), "the list is inside the frame").toBeGreaterThanOrEqual(0);
  await page.getByTestId("crash-leader").click();
  await expect(page).toHaveURL(/do=\d+:crash:leader/);
  await page.keyboard.press("u");
  await expect(page).not.toHaveURL(/do=/);
  await page.getByTestId("play").focus();
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("play")).toHaveAttribute("aria-label", "Pause");
});

test("the full page opens at the exact state", async ({ page, site, context }) => {
  await page.goto(`${site.url}?course=7&embed=1&theme=dark#scenario=reads-by-read-index&seed=7&t=600000`);
  await started(page);
  await page.locator("#node-B").click();
  await page.getByRole("menuitem", { name: "Crash", exact: true }).click();
  await page.getByTestId("step-forward").click();
  const time = await page.getByTestId("time").textContent();
  const [full] = await Promise.all([context.waitForEvent("page"), page.getByTestId("open-full").click()]);
  await started(full);
  expect(new URL(full.url()).search).toBe("?course=7");
  await expect(full.getByTestId("time")).toHaveText(time);
  await expect(full.locator("#node-B")).toHaveAttribute("data-role", /crashed/i);
  await expect(full.getByTestId("seed")).toHaveValue("7");
  await expect(full.getByTestId("scenario")).toHaveValue("reads-by-read-index");
});

test("parameters choose what is shown, and how", async ({ page, site }) => {
  await openEmbed(page, site, "&autoplay=0&controls=0&theme=dark&panels=timeline");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  for (const gone of ["play", "embed-story"]) await expect(page.getByTestId(gone)).toHaveCount(0);
  await expect(page.getByTestId("space-time")).toBeVisible();
  await openEmbed(page, site, "&autoplay=0&speed=1/100&panels=tabs", "tab=nodes");
  await expect(page.getByTestId("speed-label")).toHaveText("1/100×");
  await expect(page.getByTestId("nodes")).toBeVisible();
  await expect(page.getByTestId("space-time")).toHaveCount(0);
  await openEmbed(page, site, "&autoplay=0&panels=none");
  await expect(page.getByTestId("stage")).toBeVisible();
  await expect(page.getByTestId("embed-story")).toHaveCount(0);
});

test("wrong parameters are named, and the page works", async ({ page, site }) => {
  for (const [query, says] of [
    ["&theme=pink", "light, dark or auto"],
    ["&speed=<b>1", "there are 1/1000"],
    ["&panels=everything", "story, tabs and timeline"],
    ["&host=*", "https://course.example"],
    ["&autoplay=%F0%9F", "autoplay=1 or autoplay=0"],
    [`&${"x".repeat(5_000)}=1`, "There is no parameter"],
  ]) {
    await openEmbed(page, site, query, "t=600000");
    await expect(page.getByTestId("notice")).toContainText(says);
    await page.getByTestId("step-forward").click();
    await expect(page.getByTestId("time")).not.toHaveText("600.0 ms");
  }
  await page.goto(`${site.url}?embed=yes`);
  await started(page);
  await expect(page.getByTestId("notice")).toContainText("embed=1 or embed=0");
});

// An article in which the embed is a screen below the first line.
const article = (url, more = "") =>
  `<p>Read on.</p><div style="height: 1500px"></div>
   <iframe title="Raft" width="800" height="450" ${more} src="${url}"></iframe><div style="height: 1500px"></div>`;
const isPlaying = (frame) => expect(frame.getByTestId("play")).toHaveAttribute("aria-label", "Pause");
const rests = (frame) => expect(frame.getByTestId("play")).toHaveAttribute("aria-label", "Play");

for (const [where, more] of [["in a frame", ""], ["in a sandboxed frame", 'sandbox="allow-scripts"']]) {
  test(`it begins to play when it is scrolled into view, ${where}`, async ({ page, site, articles }) => {
    await page.goto(articles.publish(article(`${site.url}raftlab.html?embed=1#scenario=leader-crash`, more)));
    const frame = page.frameLocator("iframe");
    await started(frame);
    await page.waitForTimeout(300);
    await rests(frame);
    await expect(frame.getByTestId("time")).toHaveText("0.0 ms");
    expect(await page.evaluate(() => document.activeElement.tagName), "it takes no focus").toBe("BODY");
    await page.evaluate(() => scrollTo(0, 1400));
    await isPlaying(frame);
    await expect(frame.getByTestId("time")).not.toHaveText("0.0 ms");
    expect(await page.evaluate(() => document.activeElement.tagName)).toBe("BODY");
    // The wheel stays the article's, wherever over the embed it turns.
    for (const y of [150, 400, 430]) {
      const before = await page.evaluate(() => scrollY);
      const box = await page.locator("iframe").boundingBox();
      await page.mouse.move(box.x + 300, box.y + y);
      await page.mouse.wheel(0, 30);
      await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(before);
    }
  });
}

test("it does not play by itself if it is told so, at a moment, or for who wants no motion", async ({ page, site, articles, browser }) => {
  for (const address of ["?embed=1&autoplay=0#", "?embed=1#t=500000"]) {
    await page.goto(articles.publish(article(`${site.url}raftlab.html${address}`)));
    await page.evaluate(() => scrollTo(0, 1400));
    await started(page.frameLocator("iframe"));
    await page.waitForTimeout(500);
    await rests(page.frameLocator("iframe"));
  }
  await page.goto(articles.publish(article(`${site.url}raftlab.html?embed=1&autoplay=1#t=500000`)));
  await page.evaluate(() => scrollTo(0, 1400));
  await isPlaying(page.frameLocator("iframe"));
  const context = await browser.newContext({ reducedMotion: "reduce" });
  const calm = await context.newPage();
  await calm.goto(articles.publish(article(`${site.url}raftlab.html?embed=1&autoplay=1#`)));
  await calm.evaluate(() => scrollTo(0, 1400));
  await started(calm.frameLocator("iframe"));
  await calm.waitForTimeout(500);
  await rests(calm.frameLocator("iframe"));
  await context.close();
});

test("the article's Back button leaves the article, whatever was done in the embed", async ({ page, site, articles }) => {
  await page.goto(articles.publish("<p>The page before</p>"));
  const before = page.url();
  await page.goto(articles.publish(article(`${site.url}raftlab.html?embed=1#scenario=leader-crash&t=600000`)));
  await page.evaluate(() => scrollTo(0, 1400));
  const frame = page.frameLocator("iframe");
  await started(frame);
  await frame.locator("#node-B").click();
  await frame.getByRole("menuitem", { name: "Crash", exact: true }).click();
  await expect(frame.locator("#node-B")).toHaveAttribute("data-role", /crashed/i);
  await page.goBack();
  expect(page.url()).toBe(before);
});

test("the page of many files is embedded where its host sends the header", async ({ page, sharedSite, articles }) => {
  await page.goto(articles.publish(`<iframe title="Raft" sandbox="allow-scripts" width="320" height="480" src="${sharedSite.url}?embed=1"></iframe>`));
  await started(page.frameLocator("iframe"));
  await isPlaying(page.frameLocator("iframe"));
});
