// The menu of each thing on the stage: by pointer, by touch and by keyboard alone, within
// every window, and what is said of each thing.
import { test, expect } from "./support/fixtures.mjs";
import { violations } from "./support/accessibility.mjs";
import { nodes, open, tabTo, toEnd } from "./support/page.mjs";

const calm = { scenario: "reads-by-read-index", seed: 7, t: 600_000 };
// Many messages are on their way here.
const busy = { scenario: "leader-crash", seed: 42, t: 1_136_000 };

// Where something on the stage is, in the window.
async function middle(page, selector) {
  const box = await page.locator(selector).boundingBox();
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

// A place on the line between two nodes where nothing else is.
async function onLink(page, one, other, share = 0.5) {
  const [from, to] = [await middle(page, `#node-${one} .disc`), await middle(page, `#node-${other} .disc`)];
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}

// Chooses an item of the menu that is open.
async function choose(page, item, byKeyboard) {
  const wanted = page.getByRole("menuitem", { name: item, exact: true });
  await expect(wanted).toBeVisible();
  if (!byKeyboard) return wanted.click();
  for (let presses = 0; presses < 40; presses += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) break;
    await page.keyboard.press("ArrowDown");
  }
  await expect(wanted).toBeFocused();
  await page.keyboard.press("Enter");
}

// Turns to something in the list of all things, by what is said of it.
async function turnTo(page, pattern) {
  await tabTo(page, page.getByTestId("on-stage"));
  const list = page.getByTestId("on-stage");
  for (let presses = 0; presses < 150; presses += 1) {
    const text = await list.locator('[aria-selected="true"]').textContent();
    if (pattern.test(text)) return text;
    await page.keyboard.press("ArrowDown");
  }
  throw new Error(`nothing in the list is ${pattern}`);
}

const toNode = {
  pointer: (page, node) => page.locator(`#node-${node}`).click(),
  "context menu": (page, node) => page.locator(`#node-${node}`).click({ button: "right" }),
  keyboard: async (page, node) => {
    await tabTo(page, page.locator(`#node-${node}`));
    await page.keyboard.press("Enter");
  },
  list: async (page, node) => {
    await turnTo(page, new RegExp(`^${node} `));
    await page.keyboard.press("Enter");
  },
};

const toLink = {
  pointer: async (page) => {
    const { x, y } = await onLink(page, "A", "B");
    await page.mouse.click(x, y);
  },
  list: async (page) => {
    await turnTo(page, /between A and B|^Nothing gets from (A to B|B to A)|^From A to B/);
    await page.keyboard.press("Enter");
  },
};

// All of them, which may still be on their way, and so many at least.
async function largeEnough(items, count) {
  await expect.poll(() => items.count()).toBeGreaterThanOrEqual(count);
  for (const item of await items.all()) {
    const { height } = await item.boundingBox();
    expect(height, await item.textContent()).toBeGreaterThanOrEqual(44);
  }
}

// What is done, what the link says of it, and how it is taken back.
const ofNode = [
  ["Crash", "crash:B", "Restart"],
  ["Pause, its clock runs on", "pause:B", "Let it go on"],
  ["Suspend, its clock stops", "suspend:B", "Let it go on"],
  ["Cut it off", "isolate:B", "Heal the network"],
  ["Half speed", "clock:B:1/2", "True speed again"],
  ["Double speed", "clock:B:2/1", "True speed again"],
  ["250 ms forwards", "step:B:%2B250000|step:B:\\+250000"],
  ["250 ms backwards", "step:B:-250000"],
  ["Stall it", "stall-disk:B", "Let it go on"],
  ["Take a snapshot", "snapshot:B"],
  ["Lose it, with all on it", "lose-disk:B", "Restart"],
  ["Write through it", "write:B"],
  ["Read by ReadIndex", "read-index:B"],
  ["Read through the log", "read-log:B"],
  ["Read what it has applied", "read-straight:B"],
  ["Remove it", "remove:B"],
];

for (const way of ["pointer", "keyboard"]) {
  test(`everything that one can do to a node, by ${way}`, async ({ page, site }) => {
    test.setTimeout(240_000);
    await open(page, site, calm);
    for (const [item, text, back] of ofNode) {
      await toNode[way](page, "B");
      await choose(page, item, way === "keyboard");
      await expect(page, item).toHaveURL(new RegExp(`do=600000:(${text})`));
      await expect(page.getByTestId("menu")).toHaveCount(0);
      if (back) {
        await toNode[way](page, "B");
        await choose(page, back, way === "keyboard");
        await expect(page, back).toHaveURL(new RegExp(`600000:(${text}),600000:`));
        await page.getByTestId("undo").click();
      }
      await page.getByTestId("undo").click();
      await expect(page).not.toHaveURL(/do=/);
    }
  });

  test(`hand leadership over, add a learner and let it vote, by ${way}`, async ({ page, site }) => {
    await open(page, site, calm);
    const before = await nodes(page);
    const follower = Object.values(before).find((node) => node.role === "follower").node;
    await toNode[way](page, follower);
    await choose(page, "Hand leadership to it", way === "keyboard");
    await expect(page).toHaveURL(new RegExp(`transfer:${follower}`));
    await toEnd(page);
    expect((await nodes(page))[follower].role).toMatch(/^leader/);

    // Who has been removed can come back, first as a learner.
    await open(page, site, { ...calm, do: "500000:remove:E" });
    await toNode[way](page, "E");
    await choose(page, "Add as a learner", way === "keyboard");
    await expect(page).toHaveURL(/600000:add-learner:E/);
    await open(page, site, { ...calm, do: "450000:remove:E,520000:add-learner:E" });
    await toNode[way](page, "E");
    await choose(page, "Let it vote", way === "keyboard");
    await expect(page).toHaveURL(/600000:add-voter:E/);
  });
}

for (const way of ["context menu", "list"]) {
  test(`a node's menu opens by ${way}`, async ({ page, site }) => {
    await open(page, site, calm);
    await toNode[way](page, "C");
    await expect(page.getByTestId("menu")).toContainText("Node C");
    await choose(page, "Crash", way === "list");
    await expect(page.locator("#node-C")).toHaveAttribute("data-role", /crashed/i);
  });
}

for (const way of ["pointer", "list"]) {
  test(`everything that one can do to a link, by ${way}`, async ({ page, site }) => {
    test.setTimeout(240_000);
    const byKeyboard = way === "list";
    await open(page, site, calm);
    for (const [item, text] of [
      ["Cut A → B", "600000:cut:A-B"],
      ["Cut B → A", "600000:cut:B-A"],
      ["Cut both ways", "600000:cut:A-B,600000:cut:B-A"],
      ["50 ms slower", "600000:slow:A-B:50000,600000:slow:B-A:50000"],
      ["Lose every other message", "600000:loss:A-B:500000,600000:loss:B-A:500000"],
    ]) {
      await toLink[way](page);
      await expect(page.getByTestId("menu")).toContainText("Link between A and B");
      await choose(page, item, byKeyboard);
      await expect(page, item).toHaveURL(new RegExp(`do=${text}$|do=${text}&`));
      await toLink[way](page);
      await choose(page, "Mend it", byKeyboard);
      await expect(page).toHaveURL(/mend:A-B,600000:mend:B-A/);
      await page.getByTestId("undo").click();
      // One undo takes both ways back.
      await page.getByTestId("undo").click();
      await expect(page).not.toHaveURL(/do=/);
    }
  });
}

for (const way of ["pointer", "list"]) {
  test(`everything that one can do to a message on its way, by ${way}`, async ({ page, site }) => {
    await open(page, site, busy);
    for (const [item, text] of [
      ["Lose it", /1136000:drop:[A-E]-[A-E]:\d+&/],
      ["Hold it up by 50 ms", /1136000:delay:[A-E]-[A-E]:\d+:50000&/],
      ["Let it arrive now", /1136000:deliver:[A-E]-[A-E]:\d+&/],
    ]) {
      const said = await turnTo(page, /\(there in /);
      if (way === "pointer") {
        // The list has it marked where it is.
        const { x, y } = await middle(page, ".selected-message");
        await page.getByTestId("seed").focus();
        await page.mouse.click(x, y);
      } else {
        await page.keyboard.press("Enter");
      }
      await expect(page.getByTestId("menu")).toContainText(said);
      await choose(page, item, way === "list");
      await expect(page, item).toHaveURL(text);
      await page.getByTestId("undo").click();
      await expect(page).not.toHaveURL(/do=/);
    }
  });
}

test("each thing on the stage says what it is, under the pointer and in the list", async ({ page, site }) => {
  await open(page, site, busy);
  const said = page.getByTestId("explanation");
  const { x, y } = await middle(page, "#node-B .disc");
  await page.mouse.move(x, y);
  await expect(said).toContainText(/^B /);
  const cell = page.locator(".cell rect").first();
  const box = await cell.boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await expect(said).toContainText(/^Entry \d+ of term \d+, .*: on .*, committed/);
  await page.mouse.move(2, 2);
  await expect(said).toHaveCount(0);

  await tabTo(page, page.getByTestId("on-stage"));
  const options = page.getByTestId("on-stage").getByRole("option");
  const all = await options.allTextContents();
  for (const pattern of [/^A /, /between A and B/, /^Entry \d+ of term/, /from [A-E] to [A-E]: .*\(there in|refuses/]) {
    expect(all.some((text) => pattern.test(text)), String(pattern)).toBe(true);
  }
  // What is active is said beside the thing as well, for who sees it.
  await page.keyboard.press("PageDown");
  const active = await page.getByTestId("on-stage").locator('[aria-selected="true"]').textContent();
  await expect(said).toContainText(active);
  const id = await page.getByTestId("on-stage").getAttribute("aria-activedescendant");
  expect(await page.locator(`#${id}`).textContent()).toBe(active);
  await page.keyboard.press("End");
  await page.keyboard.press("Home");
  await expect(page.getByTestId("on-stage").locator('[aria-selected="true"]')).toContainText(/^A /);
  expect(await violations(page)).toEqual([]);
});

test("a node that gets the focus says what it is", async ({ page, site }) => {
  await open(page, site, calm);
  await tabTo(page, page.locator("#node-D"));
  await expect(page.getByTestId("explanation")).toContainText(/^D /);
  await page.keyboard.press("Tab");
  await expect(page.getByTestId("explanation")).toContainText(/^E /);
});

test("Escape gives the focus back to where the menu came from", async ({ page, site }) => {
  await open(page, site, calm);
  await turnTo(page, /between A and C/);
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("menu")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("menu")).toHaveCount(0);
  await expect(page.getByTestId("on-stage")).toBeFocused();
  await expect(page.getByTestId("on-stage").locator('[aria-selected="true"]')).toContainText("between A and C");
});

test("where the run ends, a menu says that nothing can be done any more", async ({ page, site }) => {
  await open(page, site, calm);
  await toEnd(page);
  await page.locator("#node-B").click();
  await expect(page.getByTestId("menu")).toContainText("the run ends");
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("menu")).toHaveCount(0);
});

test.describe("by touch", () => {
  test.use({ hasTouch: true, viewport: { width: 375, height: 667 } });

  test("tapping a node, a link and a log cell", async ({ page, site }) => {
    await open(page, site, calm);
    await page.locator("#node-B").tap();
    await page.getByRole("menuitem", { name: "Crash", exact: true }).tap();
    await expect(page.locator("#node-B")).toHaveAttribute("data-role", /crashed/i);
    await page.getByTestId("undo").tap();

    const link = await onLink(page, "A", "B");
    await page.touchscreen.tap(link.x, link.y);
    await page.getByRole("menuitem", { name: "Cut both ways", exact: true }).tap();
    await expect(page).toHaveURL(/cut:A-B,600000:cut:B-A/);

    const box = await page.locator(".cell rect").first().boundingBox();
    await page.touchscreen.tap(box.x + box.width / 2, box.y + box.height / 2);
    await expect(page.getByTestId("explanation")).toContainText(/^Entry \d+/);
    await expect(page.getByTestId("menu")).toHaveCount(0);

    await page.getByTestId("open-palette").tap();
    await page.getByTestId("palette-input").fill("heal");
    await page.getByRole("option", { name: /Heal the network/ }).first().tap();
    await expect(page).toHaveURL(/600000:heal/);
  });

  test("what one can touch is large enough", async ({ page, site }) => {
    await open(page, site, calm);
    await page.locator("#node-B").tap();
    await largeEnough(page.getByRole("menuitem"), ofNode.length);
    await page.keyboard.press("Escape");
    await page.getByTestId("open-palette").tap();
    await largeEnough(page.locator("#palette-list").getByRole("option"), 20);
  });
});

const sizes = [
  { width: 1280, height: 800 },
  { width: 800, height: 450 },
  { width: 375, height: 667 },
];
for (const colorScheme of ["light", "dark"]) {
  for (const viewport of sizes) {
    test(`what lies over the page is within ${viewport.width} by ${viewport.height}, ${colorScheme}`, async ({ browser, site }) => {
      const context = await browser.newContext({ viewport, colorScheme, reducedMotion: "reduce" });
      const page = await context.newPage();
      await open(page, site, busy);
      const inside = async (what) => {
        const box = await what.boundingBox();
        expect(box.x).toBeGreaterThanOrEqual(0);
        expect(box.y).toBeGreaterThanOrEqual(0);
        expect(box.x + box.width).toBeLessThanOrEqual(viewport.width);
        expect(box.y + box.height).toBeLessThanOrEqual(viewport.height);
        // Every item of it can be come by, if need be by scrolling inside.
        expect(await what.evaluate((it) => it.scrollWidth - it.clientWidth)).toBeLessThanOrEqual(0);
        expect(await violations(page)).toEqual([]);
      };
      for (const node of ["A", "B", "C", "D", "E"]) {
        await page.locator(`#node-${node}`).click();
        await inside(page.getByTestId("menu"));
        await page.keyboard.press("End");
        await expect(page.getByRole("menuitem").last()).toBeInViewport();
        await page.keyboard.press("Escape");
      }
      await turnTo(page, /between B and D/);
      await page.keyboard.press("Enter");
      await inside(page.getByTestId("menu"));
      await page.keyboard.press("Escape");
      for (let turns = 0; turns < 8; turns += 1) {
        await page.keyboard.press(turns % 2 ? "PageDown" : "ArrowDown");
        const said = await page.getByTestId("explanation").boundingBox();
        expect(said.x).toBeGreaterThanOrEqual(0);
        expect(said.x + said.width).toBeLessThanOrEqual(viewport.width);
        expect(said.y).toBeGreaterThanOrEqual(0);
        if (viewport.width > 700) expect(said.y + said.height).toBeLessThanOrEqual(viewport.height);
      }
      expect(await violations(page), "list").toEqual([]);
      for (const [opener, dialog] of [["open-palette", "palette"], ["open-help", "help"]]) {
        await page.getByTestId(opener).click();
        await inside(page.getByTestId(dialog));
        await page.keyboard.press("Escape");
      }
      await context.close();
    });
  }
}
