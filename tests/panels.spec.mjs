// The panels beside the stage: what each shows, and what one does with it, by mouse and by
// keyboard alone.
import { test, expect } from "./support/fixtures.mjs";
import { milliseconds, open, rpcs, tabTo } from "./support/page.mjs";

const election = { scenario: "leader-crash", seed: 42, t: 1_136_000 };

const listed = (page) => page.getByTestId("rpcs").getByRole("option");

test("of thousands of messages those in view are on the page, and one scrolls through all", async ({ page, site }) => {
  await open(page, site, { ...election, t: 2_400_000 });
  await page.getByTestId("tab-rpcs").click();
  const count = Number((await page.getByTestId("rpcs-count").textContent()).split(" ")[0]);
  expect(count).toBeGreaterThan(500);
  expect(await listed(page).count()).toBeLessThan(40);
  const first = listed(page).first();
  await expect(first).toHaveAttribute("aria-setsize", String(count));
  await expect(first).toHaveAttribute("aria-posinset", "1");
  await page.getByTestId("rpcs").evaluate((list) => list.scrollTo(0, list.scrollHeight));
  await expect(listed(page).last()).toHaveAttribute("aria-posinset", String(count));
  await expect(listed(page).last().locator("[data-message]")).toHaveAttribute("data-message", "0");
  expect(await listed(page).count()).toBeLessThan(40);
});

test("messages are filtered by kind and by node", async ({ page, site }) => {
  await open(page, site, election);
  const requests = await rpcs(page, "vote-request");
  expect(requests.length).toBeGreaterThan(3);
  expect(requests.every((row) => row.kind === "vote-request" && row.title === "RequestVote")).toBe(true);
  await page.getByTestId("filter-node").selectOption("B");
  const ways = await page.getByTestId("rpcs").locator("[data-field=way]").allTextContents();
  expect(ways.length).toBeGreaterThan(0);
  expect(ways.length).toBeLessThan(requests.length);
  expect(ways.every((way) => way.includes("B"))).toBe(true);
  await page.getByTestId("filter-kind").selectOption("snapshot");
  await expect(page.getByTestId("rpcs")).toHaveText("No such message has been sent up to here.");
});

test("a message that is chosen in the list is marked on the stage and in the diagram", async ({ page, site }) => {
  await open(page, site, election);
  await page.getByTestId("tab-rpcs").click();
  const onItsWay = page.getByTestId("rpcs").locator(".rpc", { hasText: "on its way" }).first();
  await onItsWay.click();
  await expect(page.getByTestId("message")).toContainText("on its way");
  await expect(page.locator(".selected-way")).toHaveCount(1);
  await expect(page.locator(".selected-strand")).toHaveCount(1);
  await expect(page.locator(".selected-message")).toHaveAttribute("transform", /translate/);
  await page.getByTestId("go-to-ended").click();
  await expect(page.getByTestId("message")).toContainText(/arrived|lost/);
  await expect(page.locator(".selected-message")).toHaveAttribute("transform", "scale(0)");
  await page.getByTestId("go-to-sent").click();
  await expect(page.getByTestId("message")).toContainText("on its way");
});

test("by keyboard: arrows choose a message, Enter goes to its moment, Escape lets it go", async ({ page, site }) => {
  await open(page, site, election);
  await tabTo(page, page.getByTestId("tab-story"));
  await page.keyboard.press("ArrowRight");
  for (let presses = 0; presses < 8; presses += 1) {
    if (await page.getByTestId("tab-rpcs").evaluate((tab) => tab.getAttribute("aria-selected") === "true")) break;
    await page.keyboard.press("ArrowRight");
  }
  const list = page.getByTestId("rpcs");
  await tabTo(page, list);
  for (let presses = 0; presses < 30; presses += 1) await page.keyboard.press("ArrowDown");
  const chosen = list.locator("[aria-selected=true]");
  await expect(chosen).toHaveAttribute("aria-posinset", "30");
  await expect(chosen).toBeInViewport();
  await expect(list).toHaveAttribute("aria-activedescendant", await chosen.getAttribute("id"));
  await page.keyboard.press("Home");
  await expect(chosen).toHaveAttribute("aria-posinset", "1");
  await page.keyboard.press("PageDown");
  const time = await chosen.locator("[data-field=time]").textContent();
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("time")).toHaveText(time);
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("message")).toContainText("Choose a message");
});

test("a click on a line of the diagram chooses its message, and so does one on the stage", async ({ page, site }) => {
  await open(page, site, election);
  await page.getByTestId("tab-rpcs").click();
  const row = page.getByTestId("rpcs").locator(".rpc", { hasText: "on its way" }).first();
  await row.click();
  const id = await row.getAttribute("data-message");
  const line = await page.locator(".selected-strand").evaluate((path) => {
    const { x, y, width, height } = path.getBoundingClientRect();
    const [from, to] = [path.getPointAtLength(0), path.getPointAtLength(path.getTotalLength())];
    return { x: x + width / 2, y: y + height / 2, slants: from.y !== to.y };
  });
  const circle = await page.locator(".selected-message").boundingBox();
  await page.getByTestId("rpcs").press("Escape");
  await expect(page.locator(".selected-strand")).toHaveCount(0);

  await page.mouse.click(circle.x + circle.width / 2, circle.y + circle.height / 2);
  await expect(page.locator(".selected-strand")).toHaveCount(1);
  await expect(page.getByTestId("rpcs").locator("[aria-selected=true] [data-message]")).toHaveCount(1);
  await page.getByTestId("rpcs").press("Escape");

  expect(line.slants).toBe(true);
  await page.mouse.click(line.x, line.y);
  await expect(page.locator(".selected-strand")).toHaveCount(1);
  await expect(page.getByTestId("time")).not.toHaveText(milliseconds(election.t));
  await page.getByTestId("message").getByTestId("go-to-sent").click();
  expect(Number(id)).toBeGreaterThan(0);
});
