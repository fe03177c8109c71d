// The palette, and the keys of one character.
import { test, expect } from "./support/fixtures.mjs";
import { history, leaders, nodes, open, pause, toEnd } from "./support/page.mjs";

const calm = { scenario: "reads-by-read-index", seed: 7, t: 600_000 };

// Finds something in the palette and does it, by keyboard alone.
async function find(page, typed) {
  await page.keyboard.press("Control+k");
  await expect(page.getByTestId("palette-input")).toBeFocused();
  await page.keyboard.type(typed);
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("palette")).toBeHidden();
}

test("what one types is found and done", async ({ page, site }) => {
  await open(page, site, calm);
  await find(page, "crash b");
  await expect(page.locator("#node-B")).toHaveAttribute("data-role", /crashed/i);
  await find(page, "undo");
  await expect(page.locator("#node-B")).not.toHaveAttribute("data-role", /crashed/i);
  await find(page, "link a b both");
  await expect(page).toHaveURL(/cut:A-B,600000:cut:B-A/);
  await find(page, "heal");
  await expect(page).toHaveURL(/600000:heal/);
  await find(page, "checks");
  await expect(page.getByTestId("tab-checks")).toHaveAttribute("aria-selected", "true");
  await find(page, "to the end");
  await expect(page.getByTestId("next-event")).toHaveText("the run is over");
  await find(page, "figure 8");
  await expect(page).toHaveURL(/scenario=figure-8(&|$)/);
});

test("it can lead to a dialog, which stays open", async ({ page, site }) => {
  await open(page, site, calm);
  await find(page, "partition");
  await expect(page.getByTestId("partition")).toBeVisible();
  await page.waitForTimeout(200);
  await expect(page.getByTestId("partition")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("partition")).toBeHidden();
});

test("arrows choose, Escape leaves, and a screen reader hears which", async ({ page, site }) => {
  await open(page, site, calm);
  await page.getByTestId("seed").focus();
  await page.keyboard.press("Control+k");
  const input = page.getByTestId("palette-input");
  await expect(input).toHaveAttribute("role", "combobox");
  await input.fill("read");
  const active = async () => page.locator(`#${await input.getAttribute("aria-activedescendant")}`);
  const first = await (await active()).textContent();
  await page.keyboard.press("ArrowDown");
  const second = await (await active()).textContent();
  expect(second).not.toBe(first);
  await expect(await active()).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("ArrowUp");
  expect(await (await active()).textContent()).toBe(first);
  await page.keyboard.press("ArrowUp");
  await expect(await active()).toBeInViewport();
  await input.fill("no such thing at all");
  await expect(page.getByTestId("palette")).toContainText("Nothing fits");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("palette")).toBeHidden();
  await expect(page.getByTestId("seed")).toBeFocused();
  await expect(page).not.toHaveURL(/do=/);
});

test("the run stands still while it is open, and plays on after", async ({ page, site }) => {
  await open(page, site, { scenario: "leader-crash", seed: 42 });
  await expect(page.getByTestId("play")).toHaveAttribute("aria-label", "Pause");
  await page.keyboard.press("Control+k");
  await expect(page.getByTestId("play")).toHaveAttribute("aria-label", "Play");
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("play")).toHaveAttribute("aria-label", "Pause");
  await pause(page);
});

test("letters do what the help says", async ({ page, site }) => {
  await open(page, site, calm);
  const [leader] = leaders(await nodes(page));
  await page.locator("body").press("c");
  await expect(page.locator(`#node-${leader}`)).toHaveAttribute("data-role", /crashed/i);
  await page.keyboard.press("u");
  await expect(page.locator(`#node-${leader}`)).not.toHaveAttribute("data-role", /crashed/i);
  await page.keyboard.press("Shift+U");
  await expect(page.locator(`#node-${leader}`)).toHaveAttribute("data-role", /crashed/i);
  await page.keyboard.press("u");
  await page.keyboard.press("p");
  await expect(page.getByTestId("partition")).toBeVisible();
  await page.getByTestId("raise-wall").press("Enter");
  await expect(page).toHaveURL(/partition/);
  await page.keyboard.press("h");
  await expect(page).toHaveURL(/600000:heal/);
  await page.keyboard.press("f");
  await expect(page).toHaveURL(/600000:timeout:follower/);
  await page.keyboard.press("u");
  await page.keyboard.press("w");
  await page.keyboard.press("r");
  await toEnd(page);
  expect((await history(page)).filter((row) => row.client === "you")).toHaveLength(2);
  await page.keyboard.press("l");
  await expect(page.getByTestId("on-stage")).toBeFocused();
  await page.keyboard.press("?");
  await expect(page.getByTestId("help")).toBeVisible();
  for (const key of ["Ctrl K", "U and Shift with U", "C", "F", "P", "H", "W", "R", "L"]) {
    await expect(page.getByTestId("help").locator("dt").filter({ hasText: new RegExp(`^${key}`) }).first()).toBeVisible();
  }
});

test("keys of one character can be switched off", async ({ page, site }) => {
  await open(page, site, calm);
  await page.getByTestId("open-help").click();
  await page.getByTestId("character-keys").uncheck();
  await page.keyboard.press("Escape");
  await page.keyboard.press("c");
  await page.keyboard.press("?");
  await expect(page.getByTestId("help")).toBeHidden();
  await expect(page).not.toHaveURL(/do=/);
  await find(page, "crash the leader");
  await expect(page).toHaveURL(/crash:leader/);
});
