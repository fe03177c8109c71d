// A lesson as a reader plays it: by Next and Back, and by answering.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, started } from "./fixtures.mjs";

const folder = join(import.meta.dirname, "../../crates/raft-lessons/lessons");

// The names of the course's lessons, in order: their folders' without the number.
export const lessons = readdirSync(folder).sort().map((name) => name.slice(name.indexOf("-") + 1));

// What stands in a lesson's file.
export function read(name, file = "lesson.toml") {
  const [found] = readdirSync(folder).filter((it) => it.slice(it.indexOf("-") + 1) === name);
  return readFileSync(join(folder, found, file), "utf8");
}

// Of a lesson's file, the names in all tables of a kind: `names("the-term", "steps")`.
export function names(lesson, kind) {
  return [...read(lesson).matchAll(new RegExp(`^\\[\\[${kind}\\]\\]\\s*\\nname = "([^"]+)"`, "gm"))].map(([, name]) => name);
}

export const hasTwoRuns = (lesson) => /^beside = /m.test(read(lesson));

// Opens a lesson, on the full page or as an embed.
export async function openLesson(page, site, hash, query = "") {
  await page.goto("about:blank");
  await page.goto(`${site.url}${query}#${hash}`);
  await started(page);
  await expect(page.getByTestId("lesson")).toBeVisible();
}

// What is told now: a step's name, "question", "verdict", "opening" or "closing".
export async function told(page) {
  return page.getByTestId("lesson-text").evaluate((text) => {
    const step = text.querySelector("[data-testid=step]");
    if (step) return step.dataset.step;
    if (text.querySelector("[data-testid=question]")) return "question";
    if (text.querySelector("[data-testid=verdict-now]")) return "verdict";
    const heading = text.querySelector("h3")?.textContent;
    return heading === "What you will see" ? "opening" : "closing";
  });
}

// Gives an answer to the question that is asked: the right one where it is known and wanted.
// Gives how it was asked.
async function answer(page, right, wantsRight) {
  const form = page.getByTestId("question");
  const kind = await form.getAttribute("data-kind");
  const asked = (await form.locator("legend").textContent()).trim();
  const known = right.get(asked);
  const isRight = wantsRight(asked) && known !== undefined;
  if (kind === "choice" || kind === "node") {
    const texts = (await form.locator(".answer").allTextContents()).map((text) => text.trim());
    const place = texts.findIndex((text) => (isRight ? text === known : text !== known));
    expect(place, `${asked}: ${known} is among ${texts.join(", ")}`).not.toBe(-1);
    await form.locator(".answer").nth(place).click();
  } else if (kind === "order") {
    const wanted = isRight ? known.split("; ") : undefined;
    const items = () => form.locator("li > span").allTextContents();
    const lift = async (text) => form.locator("li", { hasText: text }).getByRole("button", { name: /^Earlier/ }).click();
    if (wanted) {
      for (let to = 0; to < wanted.length; to += 1) {
        while ((await items()).findIndex((text) => text.trim() === wanted[to]) > to) await lift(wanted[to]);
      }
    } else if ((await items()).map((text) => text.trim()).join("; ") === known) {
      await lift((await items())[1].trim());
    }
  } else {
    await form.getByTestId("typed").fill(isRight ? known : kind === "number" ? "987654321" : "nonsense");
  }
  await page.getByTestId("commit").click();
  await expect(page.getByTestId("verdict-now")).toBeVisible();
  return asked;
}

// Plays a lesson from its opening to its end by what the reader can do. `right` has the right
// answers by what was asked, and is filled from what is explained; `wantsRight` says which answer to
// give. Gives the steps that were told and, by what was asked, whether the answer was right.
export async function play(page, right, wantsRight) {
  const steps = [];
  const verdicts = new Map();
  const next = page.getByTestId("lesson-next");
  for (let turns = 0; turns < 200; turns += 1) {
    const [text, label] = await next.evaluateAll((buttons) => [
      document.querySelector("[data-testid=lesson-text]").textContent,
      buttons[0]?.textContent,
    ]);
    const now = await told(page);
    // In one go: it may go on meanwhile.
    const explained = await page.getByTestId("explained").evaluateAll((all) =>
      all.map((one) => [".asked", "b"].map((part) => one.querySelector(part).textContent.trim())),
    );
    for (const [asked, is] of explained) right.set(asked, is);
    if (now === "closing") return { steps, verdicts };
    if (now === "question") {
      const asked = await answer(page, right, wantsRight);
      verdicts.set(asked, await page.locator(".verdict.is-right").count() === 1);
      continue;
    }
    if (!["opening", "verdict"].includes(now) && steps.at(-1) !== now) steps.push(now);
    // What was told may be told no longer: while it plays, the next step comes by itself.
    await next.evaluate((button, [before, was]) => {
      if (button.textContent === was && document.querySelector("[data-testid=lesson-text]").textContent === before) button.click();
    }, [text, label]);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  }
  throw new Error(`the lesson does not end: ${steps.join(", ")}`);
}
