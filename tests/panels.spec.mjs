// The panels beside the stage: what each shows, and what one does with it, by mouse and by
// keyboard alone.
import { test, expect } from "./support/fixtures.mjs";
import { violations } from "./support/accessibility.mjs";
import { misplaced, says, wellPlaced } from "./support/terms.mjs";
import { history, leaders, milliseconds, nodes, open, rowsOf, rpcs, tabTo, toEnd } from "./support/page.mjs";

const election = { scenario: "leader-crash", seed: 42, t: 1_136_000 };

const listed = (page) => page.getByTestId("rpcs").getByRole("option");

test("of thousands of messages those in view are on the page, and one scrolls through all", async ({ page, site }) => {
  await open(page, site, { free: 9, t: 60_000_000 });
  await page.getByTestId("tab-rpcs").click();
  const count = Number((await page.getByTestId("rpcs-count").textContent()).split(" ")[0]);
  expect(count).toBeGreaterThan(10_000);
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
  // Requests are in the middle of their ways, far from all nodes.
  await open(page, site, { ...election, t: 1_132_500 });
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

test("the log panel shows every log, what is committed, and what the leader believes of each", async ({ page, site }) => {
  await open(page, site, { ...election, t: 2_000_000 });
  await page.getByTestId("tab-log").click();
  const grid = page.getByRole("table", { name: /The logs of 5 nodes/ });
  await expect(grid.getByRole("rowheader")).toHaveCount(5);
  const indices = await rowsOf(page, "log-indices");
  const states = await nodes(page);
  const [leader] = leaders(states);
  await page.getByTestId("tab-log").click();
  for (const row of indices) {
    const { commit, last, applied } = states[row.node];
    if (states[row.node].role !== "crashed") expect(row).toMatchObject({ commit: String(commit), applied });
    expect(row.last).toBe(String(last));
    if (row.node === leader) expect(row.next).toBe("–");
    else expect(Number(row.next)).toBeGreaterThan(Number(row.match));
  }
  const last = page.getByTestId("log").locator(`tr[data-node=${leader}] [data-index]`).last();
  await expect(last, "it begins at the newest").toBeInViewport();
  await last.click();
  await expect(page.getByTestId("entry")).toHaveText(new RegExp(`^Entry \\d+ of term \\d+.* on .*\\b${leader}\\b`));
  const told = await page.getByTestId("entry").textContent();
  await page.getByRole("group", { name: /Entries/ }).press("ArrowLeft");
  await expect(page.getByTestId("entry")).not.toHaveText(told);
  await page.getByRole("group", { name: /Entries/ }).press("Escape");
  await expect(page.getByTestId("entry")).toContainText("Choose an entry");
});

test("what a step changes in a node's state is lit, and nothing else", async ({ page, site }) => {
  await open(page, site, { ...election, t: 600_000 });
  const before = await nodes(page);
  await expect(page.locator("[data-testid=nodes] .lit")).toHaveCount(0);
  const [leader] = leaders(before);
  await page.locator(`#node-${leader}`).click();
  await page.getByRole("menuitem", { name: "Crash", exact: true }).click();
  await expect(page.locator(`[data-testid=nodes] [data-node=${leader}][data-field=role]`)).toHaveClass(/lit/);
  const lit = await page.locator("[data-testid=nodes] .lit").evaluateAll((cells) => cells.map((cell) => cell.dataset.node));
  expect(new Set(lit)).toEqual(new Set([leader]));
  await page.getByTestId("step-forward").click();
  await expect(page.locator(`[data-testid=nodes] [data-node=${leader}][data-field=role]`)).not.toHaveClass(/lit/);
});

test("the history draws each operation, marks the stale one, and goes to it", async ({ page, site }) => {
  await open(page, site, { scenario: "phantom-leader-lease", seed: 42 });
  await toEnd(page);
  const all = await history(page);
  const stale = all.filter((row) => row.stale === "true");
  expect(stale.length).toBeGreaterThan(0);
  const drawn = page.getByTestId("intervals").locator("[data-interval]");
  expect(await drawn.count()).toBe(Math.min(all.length, 24));
  expect(await page.getByTestId("intervals").locator(".interval-lane .point").count()).toBeGreaterThan(0);
  const row = page.getByTestId("history").locator("tr[data-stale=true]").last();
  const began = await row.locator("[data-field=began]").textContent();
  await row.locator("[data-field=began] button").press("Enter");
  await expect(page.getByTestId("time")).toHaveText(`${began} ms`);
});

test("a violation opens its counterexample, with ways to its moment, nodes and operations", async ({ page, site }) => {
  await open(page, site, { scenario: "phantom-leader-lease", seed: 42 });
  await toEnd(page);
  await page.getByTestId("tab-checks").click();
  const row = page.locator("[data-property=Linearizability]");
  await expect(row).toHaveAttribute("data-state", "violated");
  await expect(row).toContainText("Herlihy and Wing");
  const box = row.getByTestId("counterexample");
  await expect(box).toContainText(/read . = /);
  await expect(box.getByRole("listitem")).not.toHaveCount(0);
  const [, at] = (await box.getByRole("button", { name: /^Go to / }).textContent()).split("Go to ");
  await box.getByRole("listitem").first().getByRole("button").press("Enter");
  await expect(page.getByTestId("time")).not.toHaveText(at);
  await toEnd(page);
  await box.getByRole("button", { name: /^Go to / }).click();
  await expect(page.getByTestId("time")).toHaveText(at);
  await box.getByRole("button", { name: /^Node / }).first().press("Enter");
  await expect(page.locator(".node:focus")).toHaveCount(1);
});

test("a setting that is changed begins a run of its own, at the playhead, and Undo takes it back", async ({ page, site }) => {
  await open(page, site, { ...election, t: 600_000 });
  await page.getByTestId("tab-settings").click();
  const heartbeat = page.getByTestId("set-heartbeat");
  const before = await heartbeat.inputValue();
  await heartbeat.fill("20");
  await heartbeat.press("Enter");
  await expect(page).toHaveURL(/do=600000:set:heartbeat:20000/);
  await expect(heartbeat).toHaveValue("20");
  await page.getByTestId("undo").click();
  await expect(heartbeat).toHaveValue(before);

  const preVote = page.getByRole("switch", { name: "Pre-vote", exact: true });
  await expect(preVote).not.toBeChecked();
  await preVote.press("Space");
  await expect(preVote).toBeChecked();
  await expect(page).toHaveURL(/set:pre-vote:on/);
  await page.getByTestId("set-timing").selectOption("etcd-3.6");
  await expect(page).toHaveURL(/set:timing:etcd-3.6/);
  await expect(page.getByTestId("settings")).toContainText("release-3.6");
  await expect(page.getByTestId("set-election-timeout")).toHaveValue("1000-1900");
  const clock = page.getByTestId("clock-B");
  await clock.fill("4/5");
  await clock.press("Enter");
  await expect(page).toHaveURL(/clock:B:4\/5/);
});

test("what is typed wrong stays, with what would be right beside it, and changes nothing", async ({ page, site }) => {
  await open(page, site, { ...election, t: 600_000 });
  await page.getByTestId("tab-settings").click();
  await expect(page).toHaveURL(/tab=settings/);
  const url = page.url();
  const loss = page.getByTestId("set-loss");
  await loss.fill("much");
  await loss.press("Enter");
  await expect(loss).toHaveValue("much");
  await expect(loss).toHaveAttribute("aria-invalid", "true");
  await expect(loss).toHaveAccessibleDescription(/Write a number from 0 to 100 %/);
  expect(page.url()).toBe(url);
  await loss.fill("2.5");
  await loss.press("Enter");
  await expect(loss).not.toHaveAttribute("aria-invalid", "true");
  await expect(page).toHaveURL(/set:loss:25000/);
});

test("with a rule left out the run is one of modified Raft, and says so", async ({ page, site }) => {
  await open(page, site, { ...election, t: 600_000 });
  await page.getByTestId("tab-settings").click();
  await page.getByTestId("flaw-vote-without-comparing-logs").check();
  await expect(page).toHaveURL(/set:flaw:vote-without-comparing-logs:on/);
  await expect(page.getByTestId("modified-run")).toBeVisible();
  await expect(page.locator(".modified")).toContainText("modified Raft");
});

test("a switch that is refused shows what is in force", async ({ page, site }) => {
  await open(page, site, { ...election, t: 600_000 });
  await page.getByTestId("tab-settings").click();
  const preVote = page.getByTestId("set-pre-vote");
  const was = await preVote.isChecked();
  await page.getByTestId("to-end").click();
  await preVote.click();
  await expect(page.getByTestId("notice")).toContainText("The run ends here");
  await expect(preVote).toBeChecked({ checked: was });
  const reads = page.getByTestId("set-reads");
  const read = await reads.inputValue();
  const other = await reads.locator("option:not([disabled])").evaluateAll(
    (options, read) => options.map((option) => option.value).find((value) => value !== read),
    read,
  );
  await reads.selectOption(other);
  await expect(reads).toHaveValue(read);
});

test("a filter by a node that the next run has not is none", async ({ page, site }) => {
  await open(page, site, { ...election, t: 1_200_000 });
  await page.getByTestId("tab-rpcs").click();
  await page.getByTestId("filter-node").selectOption("E");
  await page.evaluate(() => (location.hash = "#free=3&preset=paper&clients=1&seed=9&t=5000000&tab=rpcs"));
  await expect(page.getByTestId("stage").locator(".node")).toHaveCount(3);
  await expect(page.getByTestId("filter-node")).toHaveValue("");
  await expect(page.getByTestId("rpcs").locator(".rpc").first()).toBeVisible();
});

test("free play: size, preset and clients, by mouse and by keyboard, and a link to it", async ({ page, site }) => {
  await open(page, site, { scenario: "leader-crash", t: 0 });
  await page.getByTestId("tab-settings").click();
  await page.getByTestId("free-nodes").selectOption("7");
  await page.getByTestId("free-preset").selectOption("etcd-3.6");
  await page.getByTestId("free-clients").selectOption("3");
  await tabTo(page, page.getByTestId("free-play"));
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/#free=7&preset=etcd-3.6&clients=3&seed=42/);
  await expect(page.getByTestId("stage").locator(".node")).toHaveCount(7);
  await open(page, site, { free: 3, clients: 1, seed: 9, t: 5_000_000 });
  await expect(page.getByTestId("stage").locator(".node")).toHaveCount(3);
  expect(leaders(await nodes(page))).toHaveLength(1);
  await page.getByTestId("scenario").selectOption("leader-crash");
  await page.getByTestId("scenario").selectOption("free-play");
  await expect(page).toHaveURL(/#free=5&preset=paper&clients=2/);
  await open(page, site, { free: 12 });
  await expect(page.getByTestId("notice")).toContainText("3 to 9");
});

for (const colorScheme of ["light", "dark"]) {
  for (const viewport of [{ width: 1280, height: 800 }, { width: 375, height: 667 }]) {
    test(`every tab at ${viewport.width} by ${viewport.height}, ${colorScheme}`, async ({ browser, site }) => {
      const context = await browser.newContext({ viewport, colorScheme, reducedMotion: "reduce" });
      const page = await context.newPage();
      await open(page, site, { scenario: "phantom-leader-lease", seed: 42, t: 960_000 });
      for (const tab of await page.getByRole("tab").all()) {
        await tab.click();
        await expect(tab).toHaveAttribute("aria-selected", "true");
        const name = await tab.getAttribute("id");
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(overflow, name).toBeLessThanOrEqual(0);
        expect(await violations(page), name).toEqual([]);
      }
      await context.close();
    });
  }
}

const marked = (page) => page.locator(".panel .glossed");

for (const [name, viewport, colorScheme] of [
  ["1280 by 800, dark", { width: 1280, height: 800 }, "dark"],
  ["375 by 667, light", { width: 375, height: 667 }, "light"],
]) {
  test(`the terms in a panel are explained, each once, within the page: ${name}`, async ({ browser, site }) => {
    test.setTimeout(120_000);
    const context = await browser.newContext({ viewport, colorScheme, reducedMotion: "reduce" });
    const page = await context.newPage();
    for (const [tab, meanings] of [["checks"], ["settings"], ["nodes", "nodes-meanings"], ["log", "indices-meanings"]]) {
      await open(page, site, { ...election, tab });
      if (meanings) {
        // Only who wants to know has the glossary fetched.
        await expect(page.getByTestId(meanings)).not.toHaveAttribute("open");
        await expect(marked(page)).toHaveCount(0);
        await page.getByTestId(meanings).locator("summary").focus();
        await page.keyboard.press("Enter");
        await expect(page.getByTestId(meanings).getByRole("definition").first()).toBeVisible();
      }
      await expect(marked(page).first()).toBeVisible();
      const ids = await marked(page).evaluateAll((all) => all.map((term) => term.id));
      expect(new Set(ids).size, `${tab}: each once`).toBe(ids.length);
      expect(ids.length).toBeGreaterThan(6);
      for (let at = 0; at < ids.length; at += 1) {
        const term = marked(page).nth(at);
        await term.focus();
        await expect(says(page)).toHaveCount(1);
        await expect(term).toHaveAccessibleDescription(await says(page).textContent());
        expect(await misplaced(page), `${await term.textContent()} in ${tab}`).toEqual(wellPlaced);
      }
      expect(await violations(page), tab).toEqual([]);
      await page.keyboard.press("Escape");
      await expect(says(page)).toHaveCount(0);
    }
    await context.close();
  });
}

test("what a term in a panel says stays where the run goes on, and goes with the panel", async ({ page, site }) => {
  await open(page, site, { ...election, tab: "checks" });
  await marked(page).first().focus();
  await expect(says(page)).toHaveCount(1);
  await page.getByTestId("step-forward").dispatchEvent("click");
  await expect(says(page)).toHaveCount(1);
  await page.getByTestId("tab-nodes").click();
  await expect(says(page)).toHaveCount(0);
});

test("a panel is read without its terms explained where the glossary can't be had", async ({ page, site, watch }) => {
  watch.allow(/Failed to load resource/);
  await page.route("**/raftlab-lessons*", (route) => route.fulfill({ status: 404, body: "" }));
  await open(page, site, { ...election, tab: "checks" });
  await expect(page.getByTestId("checks").getByText("At most one leader")).toBeVisible();
  await expect(marked(page)).toHaveCount(0);
});
