// Files: scenarios and traces that are opened and saved, and figures.
import { readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, expect, started, onDisk } from "./support/fixtures.mjs";
import { violations } from "./support/accessibility.mjs";
import { give, openFiles, text } from "./support/files.mjs";
import { open, tabTo } from "./support/page.mjs";

const rest = { scenario: "leader-crash", seed: 7, do: "600000:crash:leader,700000:write:B", t: 650_000 };
const scenario = 'raftlab = 1\nname = "mine"\ntitle = "My very own"\nnodes = 3\nduration = "2 s"\nseed = 5\n';

// The example that stands in the description of the format.
const description = await readFile(join(import.meta.dirname, "../crates/raft-sim/TRACE.md"), "utf8");
const foreign = description.split("```json\n")[1].split("```")[0];

// What the run on screen is when it is written so.
async function written(page, format) {
  if (!(await page.getByTestId("files-dialog").isVisible())) await openFiles(page);
  await page.getByTestId(format).click();
  await expect(page.getByTestId(`save-${format}`)).toBeVisible();
  const content = await page.getByTestId("written").inputValue();
  expect(content.length).toBeGreaterThan(100);
  return content;
}

// What happens in the run on screen, whatever made it.
const records = async (page) => (await written(page, "jsonl")).split("\n").slice(1);

const isOpen = async (page, title) => {
  await expect(page.getByTestId("files-dialog")).toBeHidden();
  await expect(page.getByTestId("scenario").locator("option:checked")).toHaveText(title);
};

for (const how of ["choose", "drop", "paste", "paste a file", "type"]) {
  test(`${how}: a scenario is opened as a run, and Undo and Back return to what was there`, async ({ page, site }) => {
    await open(page, site, rest);
    const before = page.url();
    await give(page, how, scenario);
    await isOpen(page, "My very own");
    await expect(page.getByTestId("seed")).toHaveValue("5");
    await expect(page.locator("[id^=node-]")).toHaveCount(3);
    expect(page.url()).toContain("#own=");
    await page.getByTestId("undo").click();
    await expect(page.getByTestId("scenario")).toHaveValue("leader-crash");
    await expect(page.getByTestId("time")).toHaveText("650.0 ms");
    await page.getByTestId("redo").click();
    await isOpen(page, "My very own");
    await page.goBack();
    await expect(page.getByTestId("scenario")).toHaveValue("leader-crash");
    await expect.poll(() => page.url()).toContain(before.split("#")[1].split("&t=")[0]);
  });
}

test("a wrong scenario is told with the lines that are wrong, and can be mended", async ({ page, site }) => {
  await open(page, site, rest);
  await give(page, "drop", 'raftlab = 1\nname = "mine"\nnodes = 99\ncolour = "red"\n');
  const wrong = page.getByTestId("files-wrong");
  await expect(wrong).toContainText("line 3: nodes");
  await expect(wrong).toContainText("line 4: colour");
  await expect(wrong).toBeInViewport();
  // The text stands where it can be mended, and each line that is told leads there.
  const field = page.getByTestId("pasted");
  await wrong.getByRole("button", { name: "line 3" }).click();
  await expect(field).toBeFocused();
  expect(await field.evaluate((field) => field.value.slice(field.selectionStart, field.selectionEnd))).toBe("nodes = 99");
  await page.getByTestId("pasted").fill(scenario);
  await page.getByTestId("open-pasted").click();
  await isOpen(page, "My very own");
});

test("no hostile file does anything but say what is wrong", async ({ page, site }, info) => {
  await open(page, site, rest);
  await openFiles(page);
  const deep = 100_000;
  const binary = Buffer.from(Array.from({ length: 4_096 }, (_, at) => (at * 197) % 256));
  const hostile = [
    text("empty.toml", ""),
    { name: "binary.jsonl", mimeType: "application/octet-stream", buffer: binary },
    text("deep.json", `{"raftlab":${"[".repeat(deep)}${"]".repeat(deep)}}`),
    text("deep.toml", `raftlab = ${"[".repeat(deep)}${"]".repeat(deep)}`),
    text("deep.jsonl", `${foreign.split("\n")[0]}\n{"at":0,"what":${'{"a":'.repeat(deep)}1${"}".repeat(deep)}}\n`),
    text("line.toml", `name = "${"x".repeat(3_000_000)}"`),
    text("other.json", '{"format":"raftlab-trace","version":99}\n'),
    text("half.jsonl", foreign.slice(0, 400)),
  ];
  const huge = info.outputPath("huge.jsonl");
  await writeFile(huge, foreign);
  await truncate(huge, 70 * 1024 * 1024);
  for (const file of [...hostile, huge]) {
    await page.getByTestId("choose-file").setInputFiles(file);
    const wrong = page.getByTestId("files-wrong");
    await expect(wrong, file.name).toBeVisible();
    await expect(wrong, file.name).not.toContainText("failed");
    expect((await wrong.textContent()).length, file.name).toBeLessThan(2_000);
    if (file === huge) await expect(wrong).toContainText("larger than 64 MB");
    // A right one between two wrong ones takes away what was said.
    await page.getByTestId("toml").click();
    await expect(page.getByTestId("written")).toBeVisible();
    await expect(wrong).toHaveCount(0);
  }
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("time")).toHaveText("650.0 ms");
});

for (const format of ["toml", "json", "jsonl"]) {
  test(`a run is the same after it was ${format} in a file`, async ({ page, site }) => {
    await open(page, site, rest);
    const before = await records(page);
    const content = await written(page, format);
    const saved = page.waitForEvent("download");
    await page.getByTestId(`save-${format}`).click();
    const download = await saved;
    expect(download.suggestedFilename()).toBe(`leader-crash-7.${format}`);
    expect(await readFile(await download.path(), "utf8")).toBe(content);
    await expect(page.getByTestId("files-status")).toHaveText("Given to the browser to save.");
    await page.getByTestId("choose-file").setInputFiles(await download.path());
    await expect(page.getByTestId("files-dialog")).toBeHidden();
    await expect(page.getByTestId("seed")).toHaveValue("7");
    expect(page.url()).toContain("#own=");
    expect(await written(page, format), "written again").toBe(content);
    expect(await records(page), "what happens").toEqual(before);
  });
}

test("a trace that was tampered with is refused, with its line", async ({ page, site }) => {
  await open(page, site, rest);
  const lines = (await written(page, "jsonl")).split("\n");
  const at = lines.findIndex((line, number) => number > 20 && line.includes('"term":1'));
  lines[at] = lines[at].replace('"term":1', '"term":2');
  await page.getByTestId("pasted").fill(lines.join("\n"));
  await page.getByTestId("open-pasted").click();
  await expect(page.getByTestId("files-wrong")).toContainText(`line ${at + 1}`);
});

test("what is written is copied where the browser lets it be", async ({ page, site, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await open(page, site, rest);
  const content = await written(page, "toml");
  await page.getByTestId("copy-written").click();
  await expect(page.getByTestId("files-status")).toHaveText("Copied.");
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(content);
});

// The text of the image that is shown.
const drawn = async (page) => {
  const image = page.getByTestId("drawn");
  await expect.poll(() => image.evaluate((image) => image.naturalWidth)).toBeGreaterThan(300);
  return image.evaluate(async (image) => (await fetch(image.src)).text());
};

test("a trace of another implementation is judged and drawn at any moment", async ({ page, site }) => {
  await open(page, site, rest);
  await give(page, "choose", foreign, "foreign.jsonl");
  const verdict = page.getByTestId("verdict");
  await expect(verdict).toContainText("A trace of example 1.0");
  await expect(verdict).toContainText("Election Safety: holds");
  expect(await drawn(page)).toContain("n3");
  await page.getByTestId("view").selectOption("stage");
  await expect(page.getByTestId("drawn")).toHaveAttribute("alt", /^The stage at 42/);
  const atTheEnd = await drawn(page);
  expect(atTheEnd).toContain("at 42.0 ms");
  await page.getByTestId("moment").focus();
  await page.keyboard.press("Home");
  await expect(page.getByTestId("drawn")).toHaveAttribute("alt", /^The stage at 0/);
  await expect.poll(() => drawn(page)).toContain("at 0.0 ms");
  await page.getByTestId("colours").selectOption("dark");
  const svg = page.waitForEvent("download");
  await page.getByTestId("save-svg").click();
  expect((await svg).suggestedFilename()).toBe("trace-stage.svg");
  // Nothing of the reader's has changed.
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("time")).toHaveText("650.0 ms");
});

test("a violation in a trace of another implementation is told with its line", async ({ page, site }) => {
  await open(page, site, rest);
  await give(page, "drop", foreign.replace('n2","role":"follower', 'n2","role":"leader'), "foreign.jsonl");
  const verdict = page.getByTestId("verdict");
  await expect(verdict).toContainText("Election Safety: violated");
  await expect(verdict).toContainText("line 12: Election Safety violated");
  expect(await drawn(page)).toContain("n3");
});

test("a figure of the moment on screen is saved as SVG and as pixels", async ({ page, site }) => {
  await open(page, site, rest);
  await openFiles(page);
  await page.getByTestId("figure").click();
  expect(await drawn(page)).toContain("leader-crash · seed 7 · at 650.0 ms");
  for (const view of ["timeline", "log"]) {
    await page.getByTestId("view").selectOption(view);
    await expect(page.getByTestId("drawn")).toHaveAttribute("alt", new RegExp(`^The ${view}`));
    await expect.poll(() => drawn(page)).toContain("leader-crash · seed 7");
  }
  const svg = page.waitForEvent("download");
  await page.getByTestId("save-svg").click();
  expect(await readFile(await (await svg).path(), "utf8")).toBe(await drawn(page));
  const png = page.waitForEvent("download");
  await page.getByTestId("save-png").click();
  const picture = await readFile(await (await png).path());
  expect(picture.subarray(1, 4).toString()).toBe("PNG");
  const width = await page.getByTestId("drawn").evaluate((image) => image.naturalWidth);
  expect(picture.readUInt32BE(16)).toBe(2 * width);
});

test("by keyboard alone: a key opens it, a text is pasted, a figure is drawn", async ({ page, site }) => {
  await open(page, site, rest);
  await page.keyboard.press("o");
  const dialog = page.getByTestId("files-dialog");
  await expect(dialog).toBeVisible();
  await tabTo(page, page.getByTestId("figure"));
  await page.keyboard.press("Enter");
  await drawn(page);
  await tabTo(page, page.getByTestId("view"));
  await page.keyboard.press("ArrowDown");
  await expect(page.getByTestId("drawn")).toHaveAttribute("alt", /^The timeline/);
  await tabTo(page, page.getByTestId("pasted"));
  await page.keyboard.insertText(scenario);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await isOpen(page, "My very own");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("files");
  await page.keyboard.press("Enter");
  await expect(dialog).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
});

test("what reads files is loaded when somebody has one, and not before", async ({ page, site }) => {
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await open(page, site, rest);
  await page.getByTestId("step-forward").click();
  expect(asked.filter((url) => url.includes("raftlab-files"))).toEqual([]);
  await written(page, "toml");
  await page.keyboard.press("Escape");
  await written(page, "json");
  expect(asked.filter((url) => url.includes("raftlab-files")).length).toBe(2);
});

test("where it can't be loaded, that is said, and the page goes on", async ({ page, site, watch }) => {
  watch.allow(/Failed to load resource/);
  await page.route("**/raftlab-files*", (route) => route.fulfill({ status: 404, body: "" }));
  await open(page, site, rest);
  await page.getByTestId("open-files").click();
  await expect(page.getByTestId("notice")).toContainText("could not be loaded");
  await page.getByTestId("step-forward").click();
  await expect(page.getByTestId("time")).not.toHaveText("650.0 ms");
});

for (const [where, sandbox] of [["from disk", false], ["in a sandboxed frame", true]]) {
  test(`the page in one file reads, writes and draws ${where}`, async ({ page, site, articles }) => {
    const hash = "#scenario=leader-crash&seed=7&t=650000";
    let place = page;
    if (sandbox) {
      await page.goto(articles.publish(`<iframe sandbox="allow-scripts" width="1200" height="780" src="${site.url}raftlab.html${hash}"></iframe>`));
      place = page.frameLocator("iframe");
    } else {
      await page.goto(onDisk("raftlab.html") + hash);
    }
    await started(place);
    await place.getByTestId("open-files").click();
    await place.getByTestId("figure").click();
    await expect.poll(() => place.getByTestId("drawn").evaluate((image) => image.naturalWidth)).toBeGreaterThan(300);
    await place.getByTestId("save-png").click();
    await expect(place.getByTestId("files-status")).toHaveText("Given to the browser to save.");
    await place.getByTestId("pasted").fill(scenario);
    await place.getByTestId("open-pasted").click();
    await expect(place.getByTestId("files-dialog")).toBeHidden();
    await expect(place.getByTestId("seed")).toHaveValue("5");
  });
}

test("another dialog takes its place, and it comes back", async ({ page, site }) => {
  await page.goto(`${site.url}#scenario=leader-crash`);
  await started(page);
  await openFiles(page);
  await expect(page.getByTestId("play")).toHaveAttribute("aria-label", "Play");
  await page.keyboard.press("Control+k");
  await expect(page.getByTestId("palette")).toBeVisible();
  await expect(page.getByTestId("files-dialog")).toBeHidden();
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("palette")).toBeHidden();
  await expect(page.getByTestId("play"), "it plays on").toHaveAttribute("aria-label", "Pause");
  await openFiles(page);
  await page.getByTestId("files-dialog").getByRole("button", { name: "Close" }).click();
  await expect(page.getByTestId("files-dialog")).toBeHidden();
  await expect(page.getByTestId("open-files")).toBeFocused();
});

test("an embed shows what its author chose, whatever is dropped on it", async ({ page, site }) => {
  await page.goto(`${site.url}?embed=1&autoplay=0#scenario=leader-crash&t=650000`);
  await started(page);
  await give(page, "drop", scenario);
  await page.waitForTimeout(300);
  await expect(page.getByTestId("files-dialog")).toBeHidden();
  expect(page.url()).toContain("scenario=leader-crash");
});

for (const colorScheme of ["light", "dark"]) {
  for (const viewport of [{ width: 1280, height: 800 }, { width: 800, height: 450 }, { width: 375, height: 667 }]) {
    test(`the dialog at ${viewport.width} by ${viewport.height}, ${colorScheme}`, async ({ browser, site }, info) => {
      const context = await browser.newContext({ viewport, colorScheme, reducedMotion: "reduce" });
      const page = await context.newPage();
      await open(page, site, rest);
      const dialog = page.getByTestId("files-dialog");
      const looks = async (name) => {
        await page.screenshot({ path: info.outputPath(`${name}.png`) });
        expect(await dialog.evaluate((element) => element.scrollWidth - element.clientWidth), name).toBeLessThanOrEqual(0);
        expect(await violations(page, {}, "#files-dialog"), name).toEqual([]);
      };
      await openFiles(page);
      await looks("closed");
      await page.getByTestId("choose-file").setInputFiles(text("wrong.toml", "nodes = 99\ncolour = 7\n"));
      await expect(page.getByTestId("files-wrong")).toBeVisible();
      await looks("wrong");
      await written(page, "toml");
      await looks("written");
      await page.getByTestId("choose-file").setInputFiles(text("foreign.jsonl", foreign));
      await drawn(page);
      await looks("observed");
      await page.getByTestId("figure").click();
      await drawn(page);
      await looks("figure");
      await context.close();
    });
  }
}

test("when what reads files breaks the page goes on, and says what helps", async ({ page, site, watch }) => {
  watch.allow(/./);
  await open(page, site, rest);
  await openFiles(page);
  await page.getByTestId("pasted").fill("nodes = 99\n");
  // What the dialog asks of the browser next fails: it can't draw what is wrong with that.
  await page.evaluate(() => {
    const create = document.createElement;
    document.createElement = () => {
      document.createElement = create;
      throw new Error("no element");
    };
  });
  await page.getByTestId("open-pasted").click();
  await expect(page.getByTestId("notice")).toContainText("by a fault of Raftlab's");
  await expect(page.getByTestId("files-dialog")).toHaveCount(0);
  await expect(page.getByTestId("panic")).toHaveCount(0);
  await page.getByTestId("dismiss").click();
  const time = await page.getByTestId("time").textContent();
  await page.getByTestId("step-forward").click();
  await expect(page.getByTestId("time")).not.toHaveText(time);
  await page.getByTestId("open-files").click();
  await expect(page.getByTestId("notice")).toContainText("load the page again");
});
