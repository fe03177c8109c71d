// What a reader does to the cluster, by mouse and by keyboard alone.
import { test, expect } from "./support/fixtures.mjs";
import { history, leaders, nodes, open, pause, rpcs, tabTo, toEnd, violated } from "./support/page.mjs";

const calm = { scenario: "reads-by-read-index", seed: 7, t: 600_000 };

// The two ways to press something.
const ways = [
  {
    way: "mouse",
    press: (_page, target) => target.click(),
    menu: async (page, node, item) => {
      await page.locator(`#node-${node}`).click();
      await page.getByRole("menuitem", { name: item, exact: true }).click();
    },
  },
  {
    way: "keyboard",
    press: async (page, target) => {
      await tabTo(page, target);
      await page.keyboard.press("Enter");
    },
    menu: async (page, node, item) => {
      await tabTo(page, page.locator(`#node-${node}`));
      await page.keyboard.press("Enter");
      const wanted = page.getByRole("menuitem", { name: item, exact: true });
      await expect(wanted).toBeVisible();
      for (let presses = 0; presses < 20; presses += 1) {
        if (await wanted.evaluate((element) => element === document.activeElement)) break;
        await page.keyboard.press("ArrowDown");
      }
      await page.keyboard.press("Enter");
    },
  },
];

for (const { way, press, menu } of ways) {
  test(`crash and restart by ${way}`, async ({ page, site }) => {
    await open(page, site, calm);
    await menu(page, "A", "Crash");
    await expect(page.locator("#node-A")).toHaveAttribute("data-role", /crashed/i);
    expect((await nodes(page)).A.role).toBe("crashed");
    await expect(page).toHaveURL(/do=600000:crash:A/);
    await menu(page, "A", "Restart");
    expect((await nodes(page)).A.role).toBe("follower");
    await toEnd(page);
    const after = await nodes(page);
    expect(leaders(after)).toHaveLength(1);
    expect(await violated(page)).toEqual([]);
  });

  test(`force a timeout by ${way}`, async ({ page, site }) => {
    await open(page, site, { scenario: "leader-crash", seed: 7, t: 600_000 });
    const before = await nodes(page);
    const [leader] = leaders(before);
    const other = Object.keys(before).find((name) => name !== leader);
    await menu(page, other, "Force its timeout");
    const now = await nodes(page);
    expect(now[other].role).toBe("candidate");
    expect(now[other].term).toBe(before[leader].term + 1);
  });

  test(`cut a node off, and heal, by ${way}`, async ({ page, site }) => {
    await open(page, site, calm);
    await menu(page, "A", "Cut it off");
    await expect(page.getByTestId("stage")).toContainText("{A}");
    await toEnd(page);
    expect(leaders(await nodes(page)).filter((name) => name !== "A")).toHaveLength(1);
    await page.goBack();
    await press(page, page.getByTestId("to-start"));
  });

  test(`part the network and heal it by ${way}`, async ({ page, site }) => {
    await open(page, site, calm);
    await press(page, page.getByTestId("open-partition"));
    const dialog = page.getByTestId("partition");
    await expect(dialog).toBeVisible();
    if (way === "mouse") {
      for (const [node, group] of [["A", 1], ["B", 1], ["C", 2], ["D", 2], ["E", 2]]) {
        await dialog.getByRole("group", { name: `Node ${node}` }).getByLabel(`Group ${group}`).check();
      }
    }
    await press(page, page.getByTestId("raise-wall"));
    await expect(dialog).toBeHidden();
    await expect(page).toHaveURL(/do=600000:partition:/);
    await expect(page.getByTestId("stage")).toContainText(/\{A .*\}|\{.* A\}/);
    await press(page, page.getByTestId("heal"));
    await expect(page).toHaveURL(/600000:heal/);
    await toEnd(page);
    expect(leaders(await nodes(page))).toHaveLength(1);
  });

  test(`propose a write by ${way}`, async ({ page, site }) => {
    await open(page, site, calm);
    await press(page, page.getByTestId("write"));
    await toEnd(page);
    const mine = (await history(page)).filter((row) => row.client === "you");
    expect(mine).toHaveLength(1);
    expect(mine[0].asked).toMatch(/^write x = \d+$/);
    expect(mine[0].answer).toBe("written");
  });
}

test("Back and Undo take the last action back, and the old run stays reachable", async ({ page, site }) => {
  await open(page, site, calm);
  await page.locator("#node-B").click();
  await page.getByRole("menuitem", { name: "Crash", exact: true }).click();
  await expect(page.locator("#node-B")).toHaveAttribute("data-role", /crashed/i);
  await page.getByTestId("undo").click();
  await expect(page.locator("#node-B")).not.toHaveAttribute("data-role", /crashed/i);
  // Undo is a step of its own in the browser's history, so Back takes it back.
  await page.goBack();
  await expect(page.locator("#node-B")).toHaveAttribute("data-role", /crashed/i);
  await page.goBack();
  await expect(page.locator("#node-B")).not.toHaveAttribute("data-role", /crashed/i);
  await page.getByTestId("redo").click();
  await expect(page.locator("#node-B")).toHaveAttribute("data-role", /crashed/i);
});

test("Escape closes a node's menu and gives the focus back to the node", async ({ page, site }) => {
  await open(page, site, calm);
  await page.locator("#node-C").focus();
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("menu")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("menu")).toHaveCount(0);
  await expect(page.locator("#node-C")).toBeFocused();
});

test("the focus stays where the reader put it while the run plays", async ({ page, site }) => {
  await open(page, site, { scenario: "leader-crash", seed: 42, t: 900_000 });
  await page.getByTestId("seed").focus();
  await page.getByTestId("play").evaluate((button) => button.click());
  for (let look = 0; look < 10; look += 1) {
    await page.waitForTimeout(100);
    await expect(page.getByTestId("seed")).toBeFocused();
  }
  await pause(page);
});

test("everything that can be pressed is reached with Tab", async ({ page, site }) => {
  await open(page, site, calm);
  const reached = new Set();
  for (let presses = 0; presses < 150; presses += 1) {
    await page.keyboard.press("Tab");
    const name = await page.evaluate(() => document.activeElement?.dataset?.testid ?? document.activeElement?.id ?? "");
    reached.add(name);
  }
  const wanted = ["scenario", "seed", "new-seed", "theme", "open-help", "play", "step-back", "step-forward", "to-start",
    "to-end", "previous-notable", "next-notable", "speed", "time-slider", "open-partition", "write", "read-index",
    "node-A", "node-B", "node-C", "node-D", "node-E"];
  expect(wanted.filter((name) => !reached.has(name))).toEqual([]);
});

test("the RPC log says what was asked, what was answered and why", async ({ page, site }) => {
  await open(page, site, { scenario: "two-data-centres", seed: 42 });
  await toEnd(page);
  await open(page, site, { scenario: "two-data-centres", seed: 42, t: 2_450_000 });
  const asked = await rpcs(page, "vote-request");
  expect(asked.some((row) => row.kind === "vote-request" && /term \d+, log ends at index \d+ of term \d+/.test(row.said))).toBe(true);
  const told = await rpcs(page, "vote-refused");
  expect(told.some((row) => row.kind === "vote-refused" && /refused: .*log reaches index \d+/.test(row.said))).toBe(true);
});
