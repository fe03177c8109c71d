// The course's own pages: the front page, a page a lesson, the glossary.
import { test, expect, started, onDisk } from "./support/fixtures.mjs";
import { violations } from "./support/accessibility.mjs";
import { lessons, names, openLesson, play } from "./support/lesson.mjs";

const sizes = [
  { width: 1280, height: 800 },
  { width: 800, height: 450 },
  { width: 375, height: 667 },
];
const files = ["", "split-votes.html", "in-production.html", "glossary.html"];

for (const colorScheme of ["light", "dark"]) {
  for (const viewport of sizes) {
    test(`${viewport.width} by ${viewport.height}, ${colorScheme}: nothing sticks out, and axe-core is content`, async ({ browser, site }) => {
      const context = await browser.newContext({ viewport, colorScheme });
      const page = await context.newPage();
      for (const file of files) {
        await page.goto(`${site.url}lessons/${file}`);
        await expect(page.locator("h1")).toBeVisible();
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(overflow, `${file}: nothing to scroll sideways`).toBeLessThanOrEqual(0);
        expect(await violations(page), file).toEqual([]);
      }
      await context.close();
    });
  }
}

test("every lesson is on the front page, leads to its page, and that to where it is played", async ({ page, site }) => {
  await page.goto(`${site.url}lessons/`);
  await expect(page.locator(".card")).toHaveCount(lessons.length);
  for (const name of lessons) await expect(page.locator(`[data-lesson="${name}"] a`)).toHaveAttribute("href", `${name}.html`);
  await page.locator('[data-lesson="split-votes"]').click();
  await expect(page.locator("h1")).toHaveText("Split votes");
  await page.getByRole("link", { name: "Play this lesson" }).click();
  await started(page);
  await expect(page.getByTestId("lesson")).toBeVisible();
});

test("from where a lesson is played one comes to its page, and to the course", async ({ page, site, context }) => {
  const reaches = async (link, path) => {
    await page.getByTestId(link).click();
    await expect(page).toHaveURL(`${site.url}lessons/${path}`);
    await expect(page.locator("h1")).toBeVisible();
  };
  // Whatever the address says besides.
  for (const query of ["", "index.html", "?theme=dark"]) {
    await openLesson(page, { url: site.url + query }, "lesson=split-votes");
    await reaches("as-page", "split-votes.html");
    await expect(page.locator("h1")).toHaveText("Split votes");
    await page.goBack();
    await expect(page.getByTestId("lesson")).toBeVisible();
    await reaches("all-pages", "index.html");
    await page.goBack();
    await reaches("course", "index.html");
  }
  await page.goto(`${site.url}#scenario=figure-8`);
  await started(page);
  await reaches("course", "index.html");
  // An article keeps its reader.
  await openLesson(page, site, "lesson=split-votes", "?embed=1");
  const opened = context.waitForEvent("page");
  await page.getByTestId("as-page").click();
  await expect(await opened).toHaveURL(`${site.url}lessons/split-votes.html`);
});

test("where there are no pages, no link leads to them", async ({ page, site }) => {
  await page.goto(`${onDisk("raftlab.html")}#lesson=split-votes`);
  await expect(page.getByTestId("lesson")).toBeVisible();
  await expect(page.locator("a[href*='lessons/']")).toHaveCount(0);
  await expect(page.getByTestId("course")).not.toHaveAttribute("href");
  await page.goto(site.url);
  const packed = await page.evaluate(async () => [...(await window.raftlabLessons()).lesson("the-term")]);
  await openLesson(page, site, `lesson-data=${Buffer.from(packed).toString("base64url")}`);
  await expect(page.getByTestId("as-page")).toHaveCount(0);
});

test("a step's link leads into the run", async ({ page, site }) => {
  await page.goto(`${site.url}lessons/split-votes.html`);
  const [, step] = names("split-votes", "steps");
  await page.locator(`#${step} .to-step a`).click();
  await started(page);
  await expect(page.getByTestId("step")).toHaveAttribute("data-step", step);
});

test("what is answered where a lesson is played stands on the front page", async ({ page, site }) => {
  test.setTimeout(120_000);
  const card = page.locator('[data-lesson="split-votes"] .steps');
  await page.goto(`${site.url}lessons/`);
  const plain = await card.textContent();
  await openLesson(page, site, "lesson=split-votes");
  const { verdicts } = await play(page, new Map(), () => false);
  expect(verdicts.size).toBe(names("split-votes", "questions").length);
  await page.goto(`${site.url}lessons/`);
  await expect(card).toHaveText(`${plain} · done`);
  // One of them, as if the reader had left then.
  await page.evaluate(() => {
    const kept = localStorage.getItem("raftlab-lessons").split(" ");
    localStorage.setItem("raftlab-lessons", kept.slice(0, 2).join(" "));
  });
  await page.reload();
  await expect(card).toHaveText(`${plain} · 1 of ${verdicts.size} questions`);
});

test("a term says what it means to who hovers or comes by the keyboard", async ({ page, site }) => {
  await page.goto(`${site.url}lessons/split-votes.html`);
  const term = page.locator(".term").first();
  const shown = () => term.evaluate((term) => getComputedStyle(term, "::after").content);
  expect(await shown()).toBe("none");
  await term.hover();
  expect(await shown()).toContain((await term.getAttribute("data-says")).slice(0, 12));
  await page.mouse.move(0, 0);
  expect(await shown()).toBe("none");
  await term.focus();
  expect(await shown()).not.toBe("none");
  await term.press("Enter");
  await expect(page.locator("dl div:target")).toHaveCount(1);
});

test("what a term says is never beside the page", async ({ page, site }) => {
  await page.setViewportSize({ width: 375, height: 667 });
  await page.goto(`${site.url}lessons/split-votes.html`);
  const terms = page.locator(".term:visible");
  expect(await terms.count()).toBeGreaterThan(3);
  for (const term of await terms.all()) {
    await term.focus();
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow, await term.getAttribute("href")).toBeLessThanOrEqual(0);
  }
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });
  test("a lesson is read whole", async ({ page, site }) => {
    await page.goto(`${site.url}lessons/split-votes.html`);
    await expect(page.locator("h1")).toBeVisible();
    await expect(page.locator("section[id] h2")).toHaveCount(names("split-votes", "steps").length);
    await expect(page.locator("img:visible")).toHaveCount(1);
    const answer = page.locator("details").first();
    await answer.locator("summary").click();
    await expect(answer.locator("strong").first()).toBeVisible();
  });
});
