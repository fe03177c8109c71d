// Firefox and WebKit: that the page starts, plays and can be taken apart there, and shows what it
// shows in Chromium. All else is tested in Chromium alone.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test, expect, dist } from "./support/fixtures.mjs";
import { LISTENER, browsers } from "./support/other_browsers.mjs";
import { open } from "./support/page.mjs";
import { serveFolder, withHead } from "./support/server.mjs";

const AT_REST = "#scenario=leader-crash&seed=42&t=600000";

// What a moment is, as the page tells it. Run inside the page.
function moment() {
  const text = (id) => document.querySelector(`[data-testid="${id}"]`)?.textContent;
  return {
    time: text("time"),
    events: text("event-count"),
    next: text("next-event"),
    stage: document.querySelector('[data-testid="stage"]')?.getAttribute("aria-label"),
    nodes: [...document.querySelectorAll('[data-testid="nodes"] td[data-node]')].map((cell) => cell.textContent),
  };
}

for (const kind of browsers) {
  test.describe(kind.name, () => {
    // One browser for all of them: it takes longer to start than they take.
    test.describe.configure({ mode: "default", timeout: 180_000 });
    const missing = kind.missing();
    test.skip(missing !== null, `left out: ${missing}`);
    let site;
    let browser;

    test.beforeAll(async () => {
      test.setTimeout(180_000);
      site = await serveFolder(dist, "/some/course/raft/", { head: LISTENER });
      browser = await kind.launch();
    });

    test.afterAll(async () => {
      await browser?.close();
      await site?.close();
    });

    test.afterEach(async () => {
      expect(await browser.wentWrong(), `errors in ${browser.version}`).toEqual([]);
    });

    // Waits for something that is so in the page, or in the frame in it.
    const eventually = (place, what, ...values) => expect.poll(() => place.evaluate(what, ...values), { timeout: 60_000 });
    const attribute = (selector, name) => document.querySelector(selector)?.getAttribute(name) ?? "";
    const content = (selector) => document.querySelector(selector)?.textContent ?? "";
    const time = '[data-testid="time"]';
    const play = '[data-testid="play"]';
    const role = ["#node-B", "data-role"];

    test("it starts, plays, and somebody is elected", async () => {
      await browser.goto(`${site.url}#scenario=leader-crash&seed=42`);
      await eventually(browser, attribute, play, "aria-label").toBe("Pause");
      await eventually(browser, content, time).not.toBe("0.0 ms");
      // Just before the first timeout runs out.
      await browser.goto(`${site.url}#scenario=leader-crash&seed=42&t=155000`);
      await eventually(browser, content, time).toBe("155.0 ms");
      await browser.click(play);
      await eventually(browser, () => document.querySelectorAll('[data-role^="leader" i]').length).toBe(1);
      await browser.click(play);
      await eventually(browser, attribute, play, "aria-label").toBe("Play");
      expect(Number.parseFloat(await browser.evaluate(content, time))).toBeGreaterThan(165);
    });

    test("a link shows what it shows in Chromium", async ({ page }) => {
      for (const fields of [
        { scenario: "leader-crash", seed: 7, do: "500000:crash:B,700000:partition:AC-DE", t: 1_136_000, tab: "nodes" },
        { scenario: "phantom-leader-lease", seed: 42, t: 960_000, tab: "nodes" },
      ]) {
        await open(page, site, fields);
        await expect(page.getByTestId("nodes")).toBeVisible();
        const expected = await page.evaluate(moment);
        expect(expected.nodes.length).toBeGreaterThan(20);
        await browser.goto(page.url());
        await eventually(browser, moment).toEqual(expected);
      }
    });

    test("crash a node by its menu, take it back, and again by Back", async () => {
      await browser.goto(site.url + AT_REST);
      await browser.click("#node-B");
      // What the menu is made of may still be on its way.
      await eventually(browser, () => {
        const item = [...document.querySelectorAll('[role="menuitem"]')].find((item) => item.textContent.trim() === "Crash");
        item?.setAttribute("data-wanted", "");
        return item !== undefined;
      }).toBe(true);
      await browser.click("[data-wanted]");
      await eventually(browser, attribute, ...role).toMatch(/crashed/i);
      expect(await browser.evaluate(() => location.hash)).toContain("do=600000:crash:B");
      await browser.click('[data-testid="undo"]');
      await eventually(browser, attribute, ...role).not.toMatch(/crashed/i);
      await browser.back();
      await eventually(browser, attribute, ...role).toMatch(/crashed/i);
      await browser.press("u");
      await eventually(browser, attribute, ...role).not.toMatch(/crashed/i);
    });

    test("draw a wall, heal it, and step by key", async () => {
      await browser.goto(site.url + AT_REST);
      await browser.click('[data-testid="open-partition"]');
      await browser.click('[data-testid="raise-wall"]');
      await eventually(browser, () => location.hash).toContain("do=600000:partition:");
      await eventually(browser, content, '[data-testid="stage"]').toMatch(/\{A .*\}|\{.* A\}/);
      await browser.click('[data-testid="heal"]');
      await eventually(browser, () => location.hash).toContain("600000:heal");
      await browser.press("ArrowRight");
      await eventually(browser, content, time).not.toBe("600.0 ms");
    });

    test("embedded in a sandboxed frame it plays, and is stepped", async ({ articles }) => {
      await browser.goto(
        articles.publish(
          `<iframe title="Raft" sandbox="allow-scripts" width="800" height="450" src="${site.url}raftlab.html?embed=1#scenario=leader-crash"></iframe>`,
        ),
      );
      const { inFrame } = browser;
      await eventually(inFrame, attribute, play, "aria-label").toBe("Pause");
      await eventually(inFrame, content, time).not.toBe("0.0 ms");
      await inFrame.click(play);
      await eventually(inFrame, attribute, play, "aria-label").toBe("Play");
      const before = await inFrame.evaluate(content, time);
      await inFrame.click('[data-testid="step-forward"]');
      await eventually(inFrame, content, time).not.toBe(before);
      expect(await browser.evaluate(() => document.querySelector("iframe").contentDocument), "it is sandboxed").toBe(null);
    });

    test("the page in one file runs from disk", async () => {
      // Where Firefox as a snap can read it, too.
      const file = test.info().outputPath("raftlab.html");
      await writeFile(file, withHead(await readFile(join(dist, "raftlab.html"), "utf8"), LISTENER));
      await browser.goto(pathToFileURL(file).href + AT_REST);
      await eventually(browser, content, time).toBe("600.0 ms");
      await browser.click('[data-testid="step-forward"]');
      await eventually(browser, content, time).not.toBe("600.0 ms");
    });
  });
}
