// Lessons: played by what a reader can do, asked, answered, shown side by side, linked to.
import { test, expect, started, onDisk } from "./support/fixtures.mjs";
import { violations } from "./support/accessibility.mjs";
import { give } from "./support/files.mjs";
import { misplaced, says, wellPlaced } from "./support/terms.mjs";
import { hasTwoRuns, lessons, names, openLesson, play, read, told } from "./support/lesson.mjs";

const places = [
  { where: "on the full page", viewport: { width: 1280, height: 800 }, query: "" },
  { where: "embedded, 800 by 450", viewport: { width: 800, height: 450 }, query: "?embed=1" },
  { where: "embedded, 375 by 667", viewport: { width: 375, height: 667 }, query: "?embed=1" },
];

// What is cut off, or lies over something else that one can press.
const untidy = (page) =>
  page.evaluate(() => {
    const root = document.documentElement;
    const isEmbed = root.classList.contains("embed");
    const outside = [...document.querySelectorAll("button:not(.steps *), a, #app text")].filter((element) => {
      const box = element.getBoundingClientRect();
      if (box.width === 0 || element.closest("dialog, .lesson-text, .panel, .actions")) return false;
      return box.left < -1 || box.right > innerWidth + 1 || (isEmbed && (box.top < -1 || box.bottom > innerHeight + 1));
    });
    const boxes = [...document.querySelectorAll(".stage-card, .lesson, .transport")]
      .map((element) => [element.className, element.getBoundingClientRect()])
      .filter(([, box]) => box.width > 0);
    const overlapping = boxes.flatMap(([name, box], at) =>
      boxes.slice(at + 1).filter(([, other]) =>
        box.left < other.right - 1 && other.left < box.right - 1 && box.top < other.bottom - 1 && other.top < box.bottom - 1,
      ).map(([other]) => `${name} and ${other}`),
    );
    return {
      wide: Math.max(root.scrollWidth - innerWidth, 0),
      high: isEmbed ? Math.max(root.scrollHeight - innerHeight, 0) : 0,
      outside: outside.map((element) => element.dataset.testid ?? element.textContent),
      overlapping,
      flat: [...document.querySelectorAll(".lesson-text, .stage-box")].filter((it) => it.offsetParent && it.clientHeight < 80).map((it) => it.className),
    };
  });
const tidy = { wide: 0, high: 0, outside: [], overlapping: [], flat: [] };

for (const name of lessons) {
  for (const { where, viewport, query } of places) {
    test(`${name}, ${where}: every step is reached, every question answered wrong and right`, async ({ page, site }) => {
      test.setTimeout(120_000);
      await page.setViewportSize(viewport);
      await openLesson(page, site, `lesson=${name}`, query);
      expect(await told(page)).toBe("opening");
      const right = new Map();
      const first = await play(page, right, () => false);
      expect(first.steps).toEqual(names(name, "steps"));
      expect(first.verdicts.size).toBe(names(name, "questions").length);
      expect(right.size).toBe(first.verdicts.size);
      expect(await untidy(page)).toEqual(tidy);
      // Whoever guessed rightly is wrong now, and the other way round.
      await page.getByTestId("start-over").click();
      expect(await told(page)).toBe("opening");
      const second = await play(page, right, (asked) => !first.verdicts.get(asked));
      expect(second.steps).toEqual(first.steps);
      for (const [asked, wasRight] of first.verdicts) expect(second.verdicts.get(asked), asked).toBe(!wasRight);
      if (query === "") await expect(page.getByTestId("score")).toContainText(`of ${right.size} questions`);
      await expect(page.getByTestId("own-run")).toHaveCount(0);
    });
  }
}

for (const colorScheme of ["light", "dark"]) {
  for (const { where, viewport, query } of places) {
    test(`axe finds nothing in a lesson ${where}, ${colorScheme}`, async ({ browser, site }) => {
      test.setTimeout(180_000);
      const context = await browser.newContext({ viewport, colorScheme, reducedMotion: "reduce" });
      const page = await context.newPage();
      for (const name of ["a-clean-election", "the-node-that-comes-back"]) {
        await openLesson(page, site, `lesson=${name}`, query);
        for (let turn = 0; turn < 9; turn += 1) {
          expect(await violations(page), await told(page)).toEqual([]);
          expect(await untidy(page), await told(page)).toEqual(tidy);
          if ((await told(page)) === "question") await page.getByTestId("unknown").click();
          else if (await page.getByTestId("lesson-next").isEnabled()) await page.getByTestId("lesson-next").click();
        }
      }
      await context.close();
    });
  }
}

for (const colorScheme of ["light", "dark"]) {
  for (const { where, viewport, query } of [...places, { where: "on the full page, 375 by 667", viewport: { width: 375, height: 667 }, query: "" }]) {
    test(`every term in a lesson is explained within the page, ${where}, ${colorScheme}`, async ({ browser, site }) => {
      test.setTimeout(120_000);
      const context = await browser.newContext({ viewport, colorScheme, reducedMotion: "reduce" });
      const page = await context.newPage();
      let count = 0;
      for (const name of ["the-term", "split-votes"]) {
        for (const step of [undefined, ...names(name, "steps").slice(0, 3)]) {
          await openLesson(page, site, `lesson=${name}${step ? `&step=${step}` : ""}`, query);
          const terms = page.locator(".glossed");
          const marked = await terms.evaluateAll((all) => all.map((term) => term.dataset.term));
          expect(new Set(marked).size, "each once").toBe(marked.length);
          count += marked.length;
          for (let at = 0; at < marked.length; at += 1) {
            await terms.nth(at).focus();
            await expect(says(page)).toHaveCount(1);
            await expect(terms.nth(at)).toHaveAccessibleDescription(await says(page).textContent());
            expect(await misplaced(page), `${await terms.nth(at).textContent()} in ${await told(page)}`).toEqual(wellPlaced);
          }
          expect(await untidy(page), await told(page)).toEqual(tidy);
        }
        await page.locator(".glossed").last().focus();
        await expect(says(page)).toHaveCount(1);
        expect(await violations(page), name).toEqual([]);
      }
      expect(count).toBeGreaterThan(8);
      await context.close();
    });
  }
}

test("a term says what it means where one points at it, and no longer", async ({ page, site }) => {
  await openLesson(page, site, "lesson=split-votes");
  const term = page.locator(".glossed").first();
  await expect(says(page)).toHaveCount(0);
  await term.hover();
  await expect(says(page)).toHaveText(/\w.* (Raft paper|Dissertation), section [\d.]+$/);
  // One can get there, to read it or to copy it.
  await says(page).hover();
  await expect(says(page)).toHaveCount(1);
  await page.keyboard.press("Escape");
  await expect(says(page)).toHaveCount(0);
  await page.getByTestId("lesson-next").hover();
  await term.hover();
  await expect(says(page)).toHaveCount(1);
  await page.getByTestId("lesson-next").hover();
  await expect(says(page)).toHaveCount(0);
});

test("a term is reached by keyboard, and Escape closes what it says", async ({ page, site }) => {
  await openLesson(page, site, "lesson=split-votes");
  const term = page.locator(".glossed").first();
  await page.getByTestId("lesson-text").focus();
  await page.keyboard.press("Tab");
  await expect(term).toBeFocused();
  await expect(says(page)).toHaveCount(1);
  await page.keyboard.press("Escape");
  await expect(says(page)).toHaveCount(0);
  await expect(term).toBeFocused();
  const at = await page.getByTestId("time").textContent();
  for (const key of ["Enter", "Space"]) {
    await page.keyboard.press(key);
    await expect(says(page)).toHaveCount(1);
    await page.keyboard.press(key);
    await expect(says(page)).toHaveCount(0);
  }
  // Neither key has played the run, nor gone on.
  await expect(page.getByTestId("time")).toHaveText(at);
  expect(await told(page)).toBe("opening");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Shift+Tab");
  await expect(says(page)).toHaveCount(0);
});

test("a term is tapped, and what it says goes when one taps elsewhere, or goes on", async ({ browser, site }) => {
  const context = await browser.newContext({ viewport: { width: 375, height: 667 }, hasTouch: true, isMobile: true });
  const page = await context.newPage();
  for (const query of ["", "?embed=1"]) {
    await openLesson(page, site, "lesson=split-votes", query);
    const term = page.locator(".glossed").first();
    await term.tap();
    await expect(says(page)).toHaveCount(1);
    expect(await misplaced(page)).toEqual(wellPlaced);
    await page.getByTestId("lesson").getByRole("heading", { level: 2 }).tap();
    await expect(says(page)).toHaveCount(0);
    await term.tap();
    await expect(says(page)).toHaveCount(1);
    await page.getByTestId("lesson-next").tap();
    await expect(says(page)).toHaveCount(0);
  }
  await context.close();
});

test("what a term says goes with it where one scrolls", async ({ page, site }) => {
  await page.setViewportSize({ width: 800, height: 450 });
  await openLesson(page, site, "lesson=split-votes", "?embed=1");
  const text = page.getByTestId("lesson-text");
  const term = page.locator(".glossed").first();
  await term.focus();
  const gap = () => page.evaluate(() => {
    const element = document.querySelector(".gloss:not([hidden])");
    const word = document.querySelector(`[aria-describedby=${element.id}]`);
    return Math.round(element.getBoundingClientRect().top - word.getBoundingClientRect().bottom);
  });
  const before = await gap();
  await text.evaluate((element) => element.append(Object.assign(document.createElement("div"), { style: "height: 900px" })));
  await text.evaluate((element) => element.scrollBy(0, 12));
  await expect.poll(gap).toBe(before);
  await text.evaluate((element) => element.scrollTo(0, 900));
  await expect(says(page)).toHaveCount(0);
});

test("in what one chooses from, and in links, no term is marked", async ({ page, site }) => {
  // Of each kind of question there is one in them.
  for (const name of ["the-term", "a-clean-election", "split-votes"]) {
    await openLesson(page, site, `lesson=${name}`);
    for (let turn = 0; turn < 60 && (await told(page)) !== "closing"; turn += 1) {
      await expect(page.locator("a .glossed, button .glossed, label .glossed, code .glossed, .order .glossed")).toHaveCount(0);
      if ((await told(page)) === "question") await page.getByTestId("unknown").click();
      else await page.getByTestId("lesson-next").click();
    }
  }
});

test("a lesson that a link carries has its terms explained, and is told without where they can't be had", async ({ page, site, watch }) => {
  await page.goto(site.url);
  const packed = await page.evaluate(async () => [...(await window.raftlabLessons()).lesson("split-votes")]);
  const data = Buffer.from(packed).toString("base64url");
  await openLesson(page, site, `lesson-data=${data}`);
  await page.locator(".glossed").first().focus();
  await expect(says(page)).toHaveCount(1);
  watch.allow(/Failed to load resource/);
  await page.route("**/raftlab-lessons*", (route) => route.fulfill({ status: 404, body: "" }));
  await openLesson(page, site, `lesson-data=${data}`);
  await page.getByTestId("lesson-next").click();
  await expect(page.getByTestId("step")).toBeVisible();
  await expect(page.locator(".glossed")).toHaveCount(0);
});

test("the play pauses at each step, of itself", async ({ page, site }) => {
  await openLesson(page, site, "lesson=a-clean-election");
  const [first, second] = names("a-clean-election", "steps");
  await page.getByTestId("lesson-next").click();
  await expect(page.locator(`[data-step="${first}"]`)).toBeVisible();
  // As one would without the lesson's buttons.
  await page.getByTestId("play").click();
  await expect.poll(() => told(page)).not.toBe(first);
  await expect(page.getByTestId("play")).toHaveAttribute("aria-label", "Play");
  expect(["question", second]).toContain(await told(page));
});

test("while a question is open, nothing of what comes is shown", async ({ page, site }) => {
  await openLesson(page, site, "lesson=a-clean-election");
  while ((await told(page)) !== "question") {
    // Titles that would tell are not there yet.
    if ((await told(page)) !== "opening") {
      await page.getByTestId("steps").click();
      await expect(page.getByText("after the question").first()).toBeVisible();
      await page.getByTestId("steps").click();
    }
    await page.getByTestId("lesson-next").click();
  }
  const at = await page.getByTestId("time").textContent();
  await expect(page.getByTestId("next-event")).toHaveCount(0);
  await expect(page.locator(".veil")).toBeVisible();
  for (const id of ["to-end", "step-forward", "next-notable", "play"]) {
    await page.getByTestId(id).click();
    await expect(page.getByTestId("time")).toHaveText(at);
    expect(await told(page)).toBe("question");
  }
  await page.getByTestId("time-slider").fill("99999999");
  await expect(page.getByTestId("time")).toHaveText(at);
  await page.getByTestId("unknown").click();
  await expect(page.getByTestId("verdict-now")).toBeVisible();
});

test("nothing chosen is no answer", async ({ page, site }) => {
  await openLesson(page, site, `lesson=the-node-that-comes-back&step=${names("the-node-that-comes-back", "steps")[2]}`);
  await page.getByTestId("lesson-next").click();
  await page.getByTestId("commit").click();
  await expect(page.getByTestId("lacks")).toHaveText("Choose one.");
  expect(await told(page)).toBe("question");
  await page.locator(".answer").first().click();
  await expect(page.getByTestId("lacks")).toBeEmpty();
});

test("a link to a step opens there, and the address names where one is", async ({ page, site }) => {
  const steps = names("the-term", "steps");
  await openLesson(page, site, `lesson=the-term&step=${steps[2]}`);
  expect(await told(page)).toBe(steps[2]);
  await expect(page).toHaveURL(new RegExp(`#lesson=the-term&step=${steps[2]}(&tab=\\w+)?$`));
  await page.getByTestId("lesson-back").click();
  await expect(page).toHaveURL(new RegExp(`step=${steps[1]}`));
  // And as an embed.
  await openLesson(page, site, `lesson=the-term&step=${steps[2]}`, "?embed=1");
  expect(await told(page)).toBe(steps[2]);
  const full = await page.getByTestId("open-full").getAttribute("href");
  expect(full).toContain(`#lesson=the-term&step=${steps[2]}`);
});

test("a lesson opens from the list, from the palette, and from another lesson", async ({ page, site }) => {
  await page.goto(site.url);
  await started(page);
  await expect(page.getByTestId("scenario").locator("option[value='lesson=the-term']")).toHaveCount(1);
  await page.getByTestId("scenario").selectOption("lesson=the-term");
  await expect(page.getByTestId("lesson").getByRole("heading", { level: 2 })).toHaveText(/title = "([^"]+)"/.exec(read("the-term"))[1]);
  await page.goBack();
  await expect(page.getByTestId("lesson")).toHaveCount(0);
  await page.keyboard.press("Control+k");
  await page.getByTestId("palette-input").fill("clean election");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/#lesson=a-clean-election/);
  await expect(page.getByTestId("lesson")).toBeVisible();
  await expect(page.getByTestId("scenario")).toHaveValue("lesson=a-clean-election");
  // To a scenario, and back.
  await page.getByTestId("scenario").selectOption("figure-8");
  await expect(page.getByTestId("lesson")).toHaveCount(0);
  await page.goBack();
  await expect(page.getByTestId("lesson")).toBeVisible();
});

test("what is wrong with a link to a lesson is said, and nothing is lost", async ({ page, site, watch }) => {
  watch.allow(/Failed to load resource/);
  for (const [hash, says] of [
    ["lesson=the-tem", "Did you mean the-term?"],
    ["lesson=the-term&step=nowhere", "its steps are"],
    ["lesson=the-term&scenario=figure-8", "either a lesson or a scenario"],
    ["lesson-data=AAAA", "a part of the link may be missing"],
    ["lesson-file=nowhere.lesson", "the host says 404"],
    ["lesson-file=index.html", "raftlab-lesson:"],
    ["lesson-file=https://course.example/a.lesson", "not on the same host"],
    ["step=first", "goes with a lesson"],
  ]) {
    await page.goto("about:blank");
    await page.goto(`${site.url}#${hash}`);
    await started(page);
    await expect(page.getByTestId("notice")).toContainText(says);
    await expect(page.getByTestId("stage")).toBeVisible();
    await expect(page.getByTestId("lesson")).toHaveCount(0);
  }
});

test("a lesson that can't be loaded leaves the page as it is", async ({ page, site, watch }) => {
  watch.allow(/Failed to load resource/);
  await page.route("**/raftlab-lessons*", (route) => route.fulfill({ status: 404, body: "" }));
  await page.goto(site.url);
  await started(page);
  await expect(page.getByTestId("scenario").locator("option[value='lesson=the-term']")).toHaveCount(1);
  await page.getByTestId("scenario").selectOption("lesson=the-term");
  await expect(page.getByTestId("notice")).toContainText("could not be loaded");
  await expect(page.getByTestId("stage")).toBeVisible();
  // And opens once it can.
  await page.unroute("**/raftlab-lessons*");
  await page.goto("about:blank");
  await openLesson(page, site, "lesson=the-term");
});

test("what was answered is kept, and can be begun anew", async ({ page, site }) => {
  await openLesson(page, site, "lesson=a-clean-election");
  await play(page, new Map(), () => false);
  await openLesson(page, site, "lesson=a-clean-election");
  const count = names("a-clean-election", "questions").length;
  await expect(page.getByTestId("score")).toContainText(`You answered ${count} of ${count}`);
  await page.getByTestId("start-over").click();
  await expect(page.getByTestId("score")).toHaveCount(0);
  await openLesson(page, site, "lesson=a-clean-election");
  await expect(page.getByTestId("score")).toHaveCount(0);
});

test("whoever interferes is told that it is their own run, and can go back", async ({ page, site }) => {
  await openLesson(page, site, "lesson=a-clean-election");
  await page.getByTestId("lesson-next").click();
  await expect(page.getByTestId("own-run")).toHaveCount(0);
  await page.getByTestId("seed").fill("7");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("own-run")).toBeVisible();
  await expect(page).toHaveURL(/#lesson=a-clean-election.*seed=7/);
  await page.getByTestId("back-to-its-run").click();
  await expect(page.getByTestId("own-run")).toHaveCount(0);
  await expect(page).not.toHaveURL(/seed=/);
  const [, second] = names("a-clean-election", "steps");
  await openLesson(page, site, `lesson=a-clean-election&step=${second}`);
  await page.locator("#node-A").click();
  await page.locator("[data-action='crash:A']").click();
  await expect(page.getByTestId("own-run")).toBeVisible();
  await page.keyboard.press("u");
  await expect(page.getByTestId("own-run")).toHaveCount(0);
});

test("a node is picked on the stage", async ({ page, site }) => {
  const name = lessons.find((it) => /^kind = "node"/m.test(read(it)));
  await openLesson(page, site, `lesson=${name}`);
  for (let turn = 0; turn < 60; turn += 1) {
    if ((await page.getByTestId("question").count()) === 0) {
      await page.getByTestId("lesson-next").click();
    } else if ((await page.getByTestId("question").getAttribute("data-kind")) === "node") {
      break;
    } else {
      await page.getByTestId("unknown").click();
    }
  }
  await page.locator("#node-B").click();
  await expect(page.getByTestId("menu")).toHaveCount(0);
  await expect(page.locator(".answer input:checked")).toHaveValue("B");
  await page.locator("#node-C").focus();
  await page.keyboard.press("Enter");
  await expect(page.locator(".answer input:checked")).toHaveValue("C");
});

test("two runs have one playhead, and a moment at which they part", async ({ page, site }) => {
  const name = "the-node-that-comes-back";
  await openLesson(page, site, `lesson=${name}`);
  await expect(page.getByTestId("stage")).toBeVisible();
  await expect(page.getByTestId("second-stage")).toBeVisible();
  await expect(page.locator(".side-name")).toHaveText(["Pre-vote off", "Pre-vote on"]);
  await play(page, new Map(), () => false);
  await expect(page.getByTestId("parting")).toContainText("they part at");
  await page.getByTestId("to-parting").click();
  const at = await page.getByTestId("time").textContent();
  await expect(page.getByTestId("parting")).toContainText(at);
  await expect(page.locator(".parting-mark")).toHaveCount(2);
  // E stands on the left, and first asks on the right.
  await expect(page.locator("#node-E")).toHaveAttribute("data-role", "candidate");
  await expect(page.locator("#second-node-E")).toHaveAttribute("data-role", "pre-candidate");
  // One step back, and they are the same.
  await page.getByTestId("step-back").click();
  for (const node of ["A", "B", "C", "D", "E"]) {
    const role = await page.locator(`#node-${node}`).getAttribute("data-role");
    await expect(page.locator(`#second-node-${node}`)).toHaveAttribute("data-role", role);
  }
  await expect(page.locator("#node-E")).toHaveAttribute("data-role", "follower");
});

test("two runs are shown over the same span of time, whichever one zooms", async ({ page, site }) => {
  // Heartbeats every 100 ms on the left and each second on the right: each by itself would be shown another span.
  await openLesson(page, site, "lesson=in-production");
  const boxes = page.getByTestId("space-time-box");
  const spans = () => boxes.evaluateAll((all) => all.map(({ dataset }) => `${dataset.from} ${dataset.length}`));
  const shown = async () => {
    const [one, other, ...more] = await spans();
    expect(more).toEqual([]);
    expect(other).toBe(one);
    return one;
  };
  let before = await shown();
  for (const [place, keys] of [[0, ["-", "-", "ArrowRight"]], [1, ["+", "ArrowRight", "0"]], [0, ["+", "+", "+"]]]) {
    await boxes.nth(place).focus();
    for (const key of keys) {
      await page.keyboard.press(key);
      await expect.poll(async () => (await spans())[place], `${key} in ${place}`).not.toBe(before);
      before = await shown();
    }
  }
  // A page that the playhead turns, it turns on both sides.
  // Whoever clicks twice may find that the play is there already, and be asked a question.
  await page.getByTestId("lesson-next").click();
  await expect(page.getByTestId("step")).toBeVisible();
  await expect.poll(async () => {
    const [from, length] = (await shown()).split(" ").map(Number);
    const at = parseFloat(await page.getByTestId("time").textContent()) * 1000;
    return from <= at && at <= from + length && at > 0;
  }).toBe(true);
});

test("where there is room for one of two, one chooses", async ({ page, site }) => {
  for (const query of ["", "?embed=1"]) {
    await page.setViewportSize({ width: 375, height: 667 });
    await openLesson(page, site, "lesson=the-node-that-comes-back", query);
    await expect(page.getByTestId("stage")).toBeVisible();
    await expect(page.getByTestId("second-stage")).toBeHidden();
    await page.getByTestId("side-1").click();
    await expect(page.getByTestId("second-stage")).toBeVisible();
    await expect(page.getByTestId("stage")).toBeHidden();
  }
});

test("every lesson with two runs shows both", async ({ page, site }) => {
  for (const name of lessons.filter(hasTwoRuns)) {
    await openLesson(page, site, `lesson=${name}`);
    await expect(page.getByTestId("second-stage"), name).toBeVisible();
    const both = await page.locator(".side-name").allTextContents();
    expect(both[0], name).not.toBe(both[1]);
  }
});

test("the page in one file has the lessons too", async ({ page, site, articles }) => {
  await page.goto(articles.publish(`<iframe sandbox="allow-scripts" width="800" height="450" src="${site.url}raftlab.html?embed=1#lesson=the-term"></iframe>`));
  const frame = page.frameLocator("iframe");
  await expect(frame.getByTestId("lesson")).toBeVisible();
  await frame.getByTestId("lesson-next").click();
  await expect(frame.getByTestId("step")).toBeVisible();
  await page.goto(`${onDisk("raftlab.html")}#lesson=the-term`);
  await expect(page.getByTestId("lesson")).toBeVisible();
});

test("a lesson of a teacher's own opens from a file, a paste, a link and beside the page", async ({ page, site }) => {
  // As `raftlab lesson pack` writes it.
  await page.goto(site.url);
  const packed = await page.evaluate(async () => [...(await window.raftlabLessons()).lesson("the-term")]);
  const data = Buffer.from(packed).toString("base64url");
  const file = `raftlab-lesson:${data}\n`;
  await openLesson(page, site, `lesson-data=${data}`);
  await expect(page).toHaveURL(/#lesson-data=/);
  for (const how of ["choose", "drop", "paste", "paste a file", "type"]) {
    await page.goto("about:blank");
    await page.goto(site.url);
    await started(page);
    await give(page, how, file, "mine.lesson");
    await expect(page.getByTestId("lesson").getByRole("heading", { level: 2 }), how).toHaveText("The term, a clock without time");
    await expect(page).toHaveURL(/#lesson-data=/);
  }
  await page.route("**/mine/first.lesson", (route) => route.fulfill({ body: file, contentType: "text/plain" }));
  for (const query of ["?lesson-file=mine/first.lesson", "?embed=1&lesson-file=mine/first.lesson"]) {
    const [, second] = names("the-term", "steps");
    await openLesson(page, site, `step=${second}`, query);
    expect(await told(page)).toBe(second);
    await expect(page.getByTestId("notice")).toHaveCount(0);
  }
});
