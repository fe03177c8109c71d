// Whatever breaks, the page says so, with the link to the run, and starts again from there. What breaks here
// is what the page asks of the browser: the panic is the page's own, and nothing in the page is there for it.
import { test, expect, started } from "./support/fixtures.mjs";
import { milliseconds, open } from "./support/page.mjs";

const LINK = { scenario: "reads-by-lease", seed: 3, t: 600_000 };

// The message, and that the page starts again at the run of its link.
async function startsAgain(page, link) {
  const message = page.getByTestId("panic");
  await expect(message).toBeVisible();
  await expect(message).toContainText("Raftlab has broken");
  expect(await message.locator("a").first().getAttribute("href")).toContain(link);
  await page.getByRole("button", { name: "Start again" }).click();
  await expect(message).toHaveCount(0);
  await started(page);
  await expect(page.getByTestId("notice")).toHaveCount(0);
  expect(page.url()).toContain(link);
}

test("in its first picture", async ({ page, site, watch }) => {
  watch.allow(/./);
  await page.addInitScript(() => {
    // Once: when it starts again, it can.
    if (sessionStorage.getItem("broken")) return;
    sessionStorage.setItem("broken", "yes");
    Document.prototype.createElementNS = () => {
      throw new Error("a test lets no picture be made");
    };
  });
  await page.goto(`${site.url}#scenario=reads-by-lease&seed=3&t=600000`);
  await startsAgain(page, "#scenario=reads-by-lease&seed=3");
  await expect(page.getByTestId("time")).toHaveText(milliseconds(LINK.t));
});

// From now on nothing new gets a place on the page; the message is put at its end.
const letNothingIn = () => {
  Node.prototype.insertBefore = () => {
    throw new Error("a test lets nothing in");
  };
};

test("in what a click leads to", async ({ page, site, watch }) => {
  watch.allow(/./);
  await open(page, site, LINK);
  await page.evaluate(letNothingIn);
  await page.getByTestId("open-partition").click();
  await startsAgain(page, "#scenario=reads-by-lease&seed=3&t=600000");
});

test("after an action: the link has it", async ({ page, site, watch }) => {
  watch.allow(/./);
  await open(page, site, LINK);
  await page.evaluate(letNothingIn);
  await page.getByTestId("crash-leader").click();
  await startsAgain(page, "do=600000:crash:leader");
  await expect(page.locator('[data-role^="crashed" i]')).toHaveCount(1);
});

test("in what a frame draws, while it plays", async ({ page, site, watch }) => {
  watch.allow(/./);
  await open(page, site, { scenario: "leader-crash", seed: 42, t: 950_000 });
  await page.getByTestId("play").click();
  await page.evaluate(letNothingIn);
  await startsAgain(page, "#scenario=leader-crash&seed=42");
});

test("in the middle of a frame, with the run in hand", async ({ page, site, watch }) => {
  watch.allow(/./);
  await open(page, site, { scenario: "leader-crash", seed: 42, t: 950_000 });
  await page.evaluate(() => {
    // What a frame writes is written from inside the page's own code.
    const { setAttribute } = SVGElement.prototype;
    SVGElement.prototype.setAttribute = function (name, value) {
      setAttribute.call(this, name, value);
      if (name !== "stroke-dasharray") return;
      SVGElement.prototype.setAttribute = setAttribute;
      dispatchEvent(new Event("raftlab-break"));
    };
  });
  await page.getByTestId("play").click();
  await startsAgain(page, "#scenario=leader-crash&seed=42");
});

test("when there is no memory left, which is no panic", async ({ page, site, watch }) => {
  watch.allow(/./);
  await page.addInitScript(() => {
    const make = WebAssembly.instantiateStreaming.bind(WebAssembly);
    WebAssembly.instantiateStreaming = async (...how) => {
      const made = await make(...how);
      window.wasmMemory = made.instance.exports.memory;
      return made;
    };
  });
  await open(page, site, LINK);
  await page.evaluate(() => {
    for (let pages = 4_096; pages > 0; ) {
      try {
        window.wasmMemory.grow(pages);
      } catch {
        pages >>= 1;
      }
    }
    // A run that wants more than is left.
    location.hash = "#free=9&clients=6&do=1:set:heartbeat:10000";
  });
  // It broke on the way to another: the run in hand is what there is to go back to.
  await startsAgain(page, "#scenario=reads-by-lease&seed=3&t=600000");
});

test("in an embed, inside a sandboxed frame", async ({ page, site, articles, watch }) => {
  watch.allow(/./);
  await page.goto(
    articles.publish(`<iframe title="Raft" sandbox="allow-scripts" width="800" height="450" src="${site.url}raftlab.html?embed=1#scenario=reads-by-lease&seed=3&t=600000"></iframe>`),
  );
  const frame = page.frameLocator("iframe");
  await started(frame);
  await frame.locator("body").evaluate(letNothingIn);
  await frame.locator("#node-B").click();
  const message = frame.getByTestId("panic");
  await expect(message).toBeVisible();
  expect(await message.locator("a").first().getAttribute("href")).toContain("#scenario=reads-by-lease&seed=3&t=600000");
  await frame.getByRole("button", { name: "Start again" }).click();
  await expect(message).toHaveCount(0);
  await started(frame);
  await expect(frame.getByTestId("time")).toHaveText(milliseconds(LINK.t));
});
