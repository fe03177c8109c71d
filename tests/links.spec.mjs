// What a link can carry, all of it, and what happens with one that nobody should have made.
import { test, expect, started } from "./support/fixtures.mjs";
import { nodes, open } from "./support/page.mjs";

// What one sees of a run at a moment.
async function seen(page) {
  return {
    time: await page.getByTestId("time").textContent(),
    events: await page.getByTestId("event-count").textContent(),
    stage: await page.getByTestId("stage").getAttribute("aria-label"),
    modified: await page.getByTestId("modified-run").count(),
    nodes: await nodes(page),
  };
}

const KINDS = [
  "crash:B", "restart:B", "pause:C", "suspend:D", "resume:C", "resume:D", "stall-disk:E", "unstall-disk:E", "timeout:A",
  "partition:ABC-DE", "heal", "isolate:A", "cut:B-C", "slow:A-B:50000", "loss:D-E:500000", "mend:B-C", "clock:D:4/5", "step:E:-250000",
  "transfer:follower", "snapshot:leader", "write:leader", "read-index:leader", "read-log:leader", "read-straight:E",
  "set:heartbeat:20000", "set:pre-vote:on", "set:latency:normal-5000-1000", "set:timing:etcd-3.6", "remove:E", "add-learner:E",
  "add-voter:E", "joint:ABCD", "lose-disk:D", "set:flaw:vote-without-comparing-logs:on",
];

for (const [what, run, kinds] of [
  ["everything that one can do", "scenario=reads-by-read-index&seed=7", KINDS],
  ["what one does where there are leases", "scenario=reads-by-lease&seed=7", ["read-lease:leader", "set:lease:2/1", "crash:leader", "restart:former-leader"]],
  ["what one does in free play", "free=9&preset=etcd-3.6&clients=6&seed=18446744073709551615", ["partition:ABCDE-FGHI", "crash:leader", "set:loss:25000"]],
]) {
  test(`a link brings back ${what}`, async ({ page, site, context }) => {
    const done = kinds.map((kind, place) => `${300_000 + place * 10_000}:${kind}`);
    await page.goto(`${site.url}#${run}&do=${done.join(",")}&t=900000&tab=nodes`);
    await started(page);
    await expect(page.getByTestId("notice")).toHaveCount(0);
    const before = await seen(page);
    await page.getByTestId("share").click();
    const link = await page.getByTestId("share-link").inputValue();
    for (const kind of kinds) expect(decodeURIComponent(link)).toContain(`:${kind}`);
    const other = await context.newPage();
    await other.goto(link);
    await started(other);
    expect(await seen(other)).toEqual(before);
  });
}

test("a link brings back a scenario of one's own, with what was done in it", async ({ page, site, context }) => {
  await open(page, site, { scenario: "reads-by-read-index", seed: 5, t: 300_000 });
  await page.getByTestId("open-files").click();
  await expect(page.getByTestId("files-dialog")).toBeVisible();
  await page.evaluate(() => {
    const clipboard = new DataTransfer();
    clipboard.setData("text/plain", 'raftlab = 1\nname = "mine"\ntitle = "My very own"\nnodes = 3\nduration = "2 s"\n');
    document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: clipboard, bubbles: true, cancelable: true }));
  });
  await expect(page).toHaveURL(/#own=/);
  await page.getByTestId("to-end").click();
  await page.getByTestId("step-back").click();
  await page.locator("#node-B").click();
  await page.getByRole("menuitem", { name: "Crash", exact: true }).click();
  await expect(page.locator("#node-B")).toHaveAttribute("data-role", /crashed/i);
  const before = await seen(page);
  const other = await context.newPage();
  await page.getByTestId("share").click();
  await other.goto(await page.getByTestId("share-link").inputValue());
  await started(other);
  expect(await seen(other)).toEqual(before);
});

test("Back and Forward go through what was done, one by one", async ({ page, site }) => {
  await open(page, site, { scenario: "reads-by-read-index", seed: 7, t: 600_000 });
  const crash = async (node) => {
    await page.locator(`#node-${node}`).click();
    await page.getByRole("menuitem", { name: "Crash", exact: true }).click();
    await expect(page.locator(`#node-${node}`)).toHaveAttribute("data-role", /crashed/i);
  };
  const crashed = () => expect.poll(() => page.locator('[data-role^="crashed" i]').evaluateAll((all) => all.map((one) => one.id.slice(-1)).join("")));
  await crash("B");
  await crash("C");
  await page.goBack();
  await crashed().toBe("B");
  await page.goBack();
  await crashed().toBe("");
  await page.goForward();
  await crashed().toBe("B");
  await page.goForward();
  await crashed().toBe("BC");
  await expect(page.getByTestId("time")).toHaveText("600.0 ms");
});

test("a hostile hash does nothing but say what is wrong", async ({ page, site }) => {
  test.setTimeout(120_000);
  await page.addInitScript(() => (window.alert = () => (window.attacked = true)));
  await open(page, site, { scenario: "leader-crash", seed: 42, t: 600_000 });
  const letters = "AZaz09_-";
  const random = Array.from({ length: 20_000 }, (_, place) => letters[(place * 7919 + (place >> 3)) % letters.length]).join("");
  for (const hash of [
    "scenario=<img src=x onerror=alert(1)>",
    "scenario=%3Cscript%3Ealert(1)%3C/script%3E",
    "scenario=__proto__",
    "scenario=constructor&seed=[object Object]",
    `scenario=${"x".repeat(100_000)}`,
    `own=${random}`,
    `own=AQ${random}`,
    `own=${"_".repeat(100_000)}`,
    "own=AQAAAAAAAAAAAAAA_____w____8",
    "free=255&clients=255",
    "free=-1",
    "free=5&preset=../../etc",
    "seed=1e9",
    "seed=99999999999999999999999",
    "t=-1",
    "t=18446744073709551615",
    "do=18446744073709551615:crash:A",
    "do=0:set:heartbeat:0",
    "do=0:set:heartbeat:18446744073709551615",
    "do=0:set:latency:normal-18446744073709551615-18446744073709551615",
    `do=${Array.from({ length: 20_000 }, (_, place) => `${place}:crash:A`).join(",")}`,
    "do=0:partition:" + "-".repeat(1_000),
    "&&&===&&&%%%%%00%0a%0d",
    "%00=%00",
    "\u202e\u0000\ud83d\ude00=\uffff",
    "tab=story&".repeat(5_000),
  ]) {
    await page.evaluate((hash) => (location.hash = hash), hash);
    const what = hash.slice(0, 60);
    await expect(page.getByTestId("notice"), what).not.toHaveCount(0);
    for (const text of await page.getByTestId("notice").allTextContents()) expect(text.length, what).toBeLessThan(3_000);
    await expect(page.getByTestId("panic"), what).toHaveCount(0);
    for (let left = await page.getByTestId("dismiss").count(); left > 0; left -= 1) await page.getByTestId("dismiss").first().click();
  }
  expect(await page.evaluate(() => window.attacked), "a script of the link ran").toBe(undefined);
  await page.getByTestId("step-forward").click();
  await expect(page.getByTestId("time")).not.toHaveText("600.0 ms");
});

test("once it is loaded the page needs nothing more of its host", async ({ page, site, context }) => {
  await page.goto(`${site.url}#scenario=leader-crash&seed=42`);
  await started(page);
  // Whatever the page fetches late is there once a panel of it is.
  await page.getByTestId("tab-log").click();
  await expect(page.getByTestId("log")).toBeVisible();
  await context.setOffline(true);
  await page.getByTestId("play").click();
  await page.getByTestId("scenario").selectOption("reads-by-read-index");
  await expect(page).toHaveURL(/reads-by-read-index/);
  for (const tab of ["nodes", "log", "rpcs", "history", "checks", "settings", "story"]) {
    await page.getByTestId(`tab-${tab}`).click();
    await expect(page.getByTestId(`tab-${tab}`)).toHaveAttribute("aria-selected", "true");
  }
  await page.getByTestId("to-end").click();
  await expect(page.getByTestId("next-event")).toHaveText("the run is over");
  await page.getByTestId("previous-notable").click();
  await page.getByTestId("crash-leader").click();
  await expect(page).toHaveURL(/crash:leader/);
  await page.getByTestId("undo").click();
  await page.getByTestId("open-palette").click();
  await expect(page.getByTestId("palette-input")).toBeFocused();
  await page.keyboard.press("Escape");
  await page.getByTestId("new-seed").click();
  await expect(page).not.toHaveURL(/seed=42/);
  await expect(page.getByTestId("notice")).toHaveCount(0);
  // What is for convenience comes once there is a network again.
  await page.getByTestId("tab-checks").click();
  await expect(page.getByTestId("checks")).toBeVisible();
  await expect(page.locator(".panel .glossed")).toHaveCount(0);
  await context.setOffline(false);
  await page.getByTestId("tab-story").click();
  await page.getByTestId("tab-checks").click();
  await expect(page.locator(".panel .glossed").first()).toBeVisible();
});
