// What an embed and its host page tell each other, as docs/EMBEDDING.md has it.
import { test, expect, started } from "./support/fixtures.mjs";
import { publishHost } from "./support/embed.mjs";

async function openArticle(page, articles, site) {
  await page.goto(await publishHost(articles, site, "article.html"));
  for (const id of ["one", "two"]) await started(page.frameLocator(`#${id}`));
  await expect.poll(() => page.evaluate(() => heard.two.some((message) => message.type === "ready"))).toBe(true);
}
const ofType = (page, which, type) =>
  page.evaluate(([which, type]) => heard[which].filter((message) => message.type === type), [which, type]);

test("two embeds on one page are played each by itself", async ({ page, site, articles }) => {
  await openArticle(page, articles, site);
  const [state] = await Promise.all([page.evaluate(() => one.seek(600_000)), page.evaluate(() => two.seek(300_000))]);
  expect(state).toMatchObject({ raftlab: 1, type: "state", at: 600_000, playing: false, speed: "1/20" });
  await expect(page.frameLocator("#one").getByTestId("time")).toHaveText("600.0 ms");
  await expect(page.frameLocator("#two").getByTestId("time")).toHaveText("300.0 ms");
  expect((await page.evaluate(() => one.step(3))).event).toBe(state.event + 3);
  expect((await page.evaluate(() => one.step(-3))).event).toBe(state.event);
  expect((await page.evaluate(() => one.play())).playing).toBe(true);
  await expect(page.frameLocator("#one").getByTestId("play")).toHaveAttribute("aria-label", "Pause");
  await expect(page.frameLocator("#two").getByTestId("play")).toHaveAttribute("aria-label", "Play");
  expect((await page.evaluate(() => one.pause())).playing).toBe(false);
});

test("an author acts, loads, keeps a state and brings it back", async ({ page, site, articles }) => {
  await openArticle(page, articles, site);
  await page.evaluate(() => one.seek(600_000));
  const acted = await page.evaluate(() => one.act("crash:leader"));
  expect(acted.address).toContain("do=600000:crash:leader");
  const loaded = await page.evaluate(() => one.load("scenario=reads-by-lease&seed=3&t=200000"));
  expect(loaded).toMatchObject({ at: 200_000, address: "#scenario=reads-by-lease&seed=3&t=200000" });
  const restored = await page.evaluate((state) => one.setState({ ...state, speed: "1/100" }), acted);
  expect(restored).toMatchObject({ address: acted.address, at: 600_000, event: acted.event, speed: "1/100" });
  await expect(page.frameLocator("#one").getByTestId("speed-label")).toHaveText("1/100×");
});

test("an author loads a lesson that was not fetched yet, and what is asked after it waits for it", async ({ page, site, articles }) => {
  await openArticle(page, articles, site);
  for (const [which, frame] of [["one", page.frameLocator("#one")], ["two", page.frameLocator("#two")]]) {
    const [loaded, state, restored] = await page.evaluate((which) => {
      const lab = { one, two }[which];
      const first = lab.load("lesson=the-term&step=old-leader");
      return Promise.all([first, lab.getState(), first.then((state) => lab.setState(state))]);
    }, which);
    expect(loaded.address).toContain("#lesson=the-term");
    expect(state.address).toBe(loaded.address);
    expect(restored.address).toBe(loaded.address);
    expect(loaded.playing).toBe(false);
    await expect(frame.getByTestId("lesson").getByRole("heading", { level: 2 })).toHaveText("The term, a clock without time");
    // From the lesson to a run without one.
    await page.evaluate((which) => ({ one, two })[which].load("scenario=leader-crash"), which);
    await expect(frame.getByTestId("lesson")).toHaveCount(0);
  }
  expect(await page.evaluate(() => one.load("lesson=the-trem").catch((error) => error.message))).toContain("Did you mean the-term?");
});

test("a violation is told when the playhead reaches it, in a sandboxed frame too", async ({ page, site, articles }) => {
  await openArticle(page, articles, site);
  expect(await ofType(page, "two", "violation")).toEqual([]);
  await page.evaluate(() => two.seek(1_500_000));
  await expect.poll(() => ofType(page, "two", "violation")).toHaveLength(1);
  const [violation] = await ofType(page, "two", "violation");
  expect(violation.property).toBe("Linearizability");
  expect(violation.text.length).toBeGreaterThan(20);
  expect((await ofType(page, "two", "step")).length).toBeGreaterThan(2);
  expect(await ofType(page, "one", "violation")).toEqual([]);
});

test("the frame gets the height that it asks for", async ({ page, site, articles }) => {
  await openArticle(page, articles, site);
  await expect.poll(() => ofType(page, "two", "resize")).not.toHaveLength(0);
  const { height } = (await ofType(page, "two", "resize")).at(-1);
  expect(await page.locator("#two").evaluate((frame) => frame.style.height)).toBe(`${height}px`);
  await page.waitForTimeout(300);
  expect(await ofType(page, "two", "resize"), "it settles").toHaveLength(1);
});

test("what is wrong is told to the author, and changes nothing", async ({ page, site, articles }) => {
  await openArticle(page, articles, site);
  const before = await page.evaluate(() => one.getState());
  for (const [wrong, says] of [
    ['one.seek("soon")', "wrong type"],
    ["one.seek(-1)", "whole microseconds"],
    ["one.step(1e9)", "-1000 to 1000"],
    ['one.act("explode:A")', "explode"],
    ['one.load("scenario=nothing")', "There is no scenario"],
    ["one.load()", "what stands after #"],
    ['one.setState({ speed: "fast" })', "1/20"],
  ]) {
    const message = await page.evaluate((wrong) => eval(wrong).then(() => "done", (error) => error.message), wrong);
    expect(message, wrong).toContain(says);
  }
  expect(await page.evaluate(() => one.getState())).toEqual({ ...before, id: expect.any(Number) });
  await expect(page.frameLocator("#one").getByTestId("notice"), "it is the author's business").toHaveCount(0);
});

test("hostile messages do nothing, and nothing breaks", async ({ page, site, articles, watch }) => {
  await openArticle(page, articles, site);
  const before = await page.evaluate(() => one.getState());
  const sent = await page.evaluate(() => {
    const frame = document.getElementById("one").contentWindow;
    let seed = 7;
    const draw = (among) => {
      // 32 bits, of which the high ones are the better.
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return among[Math.floor((seed / 2 ** 32) * among.length)];
    };
    const circle = { raftlab: 1, type: "seek" };
    circle.at = circle;
    const values = [undefined, null, true, -1, 0.5, 1e300, NaN, Infinity, "", "1", "\u0000\uD800", [], [1], {}, circle, new Date(0),
      new Map(), new Uint8Array(3), 10n ** 30n, /a/, "x".repeat(100_000)];
    const types = ["seek", "step", "act", "load", "setState", "dance", "__proto__", "constructor", ...values];
    let sent = 0;
    for (const value of values) frame.postMessage(value, "*");
    for (let turn = 0; turn < 1_000; turn += 1) {
      const message = { raftlab: draw([1, 1, 1, 1, 2, "1", null, -1, NaN, {}]), type: draw(types) };
      for (const field of ["at", "by"]) message[field] = draw(values.filter((value) => value !== undefined && value !== null));
      for (const field of ["address", "action", "speed"]) message[field] = draw(["=", "#scenario=x", "\u0000", 5, {}, []]);
      message.id = draw(values);
      try {
        frame.postMessage(message, "*");
        sent += 1;
      } catch {
        // Not everything can be sent.
      }
    }
    return sent;
  });
  expect(sent).toBeGreaterThan(900);
  // Some of them were right by chance; all of it can be taken back.
  const after = await page.evaluate((before) => one.setState(before), before);
  expect(after).toEqual({ ...before, id: expect.any(Number) });
  await page.evaluate(() => one.step());
  await expect(page.frameLocator("#one").getByTestId("panic")).toHaveCount(0);
  expect(watch.errors).toEqual([]);
});

test("the state is told at most ten times a second", async ({ page, site, articles }) => {
  await openArticle(page, articles, site);
  const states = await page.evaluate(async () => {
    const begun = heard.one.filter((message) => message.type === "state" && message.id === undefined).length;
    const frame = document.getElementById("one").contentWindow;
    const began = performance.now();
    for (let at = 0; at < 300; at += 1) frame.postMessage({ raftlab: 1, type: "seek", at: at * 1_000 }, "*");
    const { at } = await one.getState();
    await new Promise((done) => setTimeout(done, 500));
    const told = heard.one.filter((message) => message.type === "state" && message.id === undefined);
    return { at, last: told.at(-1).at, count: told.length - begun, milliseconds: performance.now() - began };
  });
  expect(states.at).toBe(299_000);
  expect(states.last, "the last state is told").toBe(299_000);
  // The first at once, the last as it is, and one that may have been on its way.
  expect(states.count).toBeLessThanOrEqual(states.milliseconds / 100 + 3);
});

test("it listens to its own parent only, at the declared origin only", async ({ page, site, articles, watch }) => {
  watch.allow(/target origin provided/);
  const frame = (id, host) =>
    `<iframe id="${id}" title="Raft" width="400" height="300" src="${site.url}raftlab.html?embed=1&autoplay=0${host}#t=100000"></iframe>`;
  await page.goto(
    articles.publish(`${frame("declared", `&host=${articles.origin}`)}${frame("elsewhere", "&host=https://other.example")}${frame("open", "")}
      <iframe id="sibling" title="A sibling" srcdoc="<p>Another frame of the article"></iframe>
      <script>window.heard = []; addEventListener("message", (event) => heard.push([event.source, event.data.type]));</script>`),
  );
  for (const id of ["declared", "elsewhere", "open"]) await started(page.frameLocator(`#${id}`));
  const times = async () =>
    Promise.all(["declared", "elsewhere", "open"].map((id) => page.frameLocator(`#${id}`).getByTestId("time").textContent()));
  const seek = { raftlab: 1, type: "seek", at: 200_000 };
  // A sibling has hold of the windows, and is at the article's very origin.
  await page.frameLocator("#sibling").locator("p").evaluate((_, message) => {
    for (let which = 0; which < 3; which += 1) parent.frames[which].postMessage(message, "*");
  }, seek);
  await page.waitForTimeout(300);
  expect(await times()).toEqual(["100.0 ms", "100.0 ms", "100.0 ms"]);
  await page.evaluate((message) => {
    for (let which = 0; which < 3; which += 1) frames[which].postMessage(message, "*");
  }, seek);
  await expect.poll(times).toEqual(["200.0 ms", "100.0 ms", "200.0 ms"]);
  const tellers = await page.evaluate(() => [0, 1, 2].map((which) => heard.some(([source]) => source === frames[which])));
  expect(tellers, "who is declared elsewhere tells nothing here").toEqual([true, false, true]);
});

test("the full page has no ear for a page around it", async ({ page, site, articles }) => {
  await page.goto(articles.publish(`<iframe title="Raft" width="800" height="450" src="${site.url}raftlab.html#t=100000"></iframe>`));
  await started(page.frameLocator("iframe"));
  await page.evaluate(() => frames[0].postMessage({ raftlab: 1, type: "seek", at: 200_000 }, "*"));
  await page.waitForTimeout(300);
  await expect(page.frameLocator("iframe").getByTestId("time")).toHaveText("100.0 ms");
});
