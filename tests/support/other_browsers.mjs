// Firefox and WebKit, for the tests of tests/other_browsers.spec.mjs. Firefox is Debian's firefox-esr,
// or any other, through WebDriver BiDi (puppeteer-core); WebKit is Debian's webkit2gtk-driver, which
// brings the driver and a small browser, on a screen that nobody sees (Xvfb).
//
// Both are told the same few things: go to an address, evaluate a function, click, press a key.
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import puppeteer from "puppeteer-core";
import { freePort } from "./server.mjs";

// The file of a program: one that the environment names, one on the PATH, or where it usually is. With the
// flag it says something and ends well; a stub that says where to get the program does not, and is none.
// crates/xtask/src/setup/other_browsers.rs says the same.
function program(variable, flag, names, places = []) {
  const runs = (path) => spawnSync(path, [flag], { stdio: "ignore", timeout: 30_000 }).status === 0;
  const named = process.env[variable];
  if (named) {
    if (!runs(named)) throw new Error(`${variable} must name a program that runs: ${named}`);
    return named;
  }
  const folders = (process.env.PATH ?? "").split(delimiter);
  const found = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...found, ...places].find((path) => existsSync(path) && runs(path));
}

// Listens to what goes wrong in a page, from its first line on: WebKit's driver can't be asked for
// the console.
export const LISTENER = `<script>
(() => {
  const wrong = (window.wentWrong = []);
  const { error } = console;
  console.error = (...words) => { wrong.push(words.join(" ")); error.apply(console, words); };
  addEventListener("error", (event) => wrong.push(event.message || "cannot load " + (event.target.src || event.target.href)), true);
  addEventListener("unhandledrejection", (event) => wrong.push("rejected: " + event.reason));
})();
</script>`;

const firefoxHere = () =>
  program("RAFTLAB_FIREFOX", "--version", ["firefox-esr", "firefox"], [
    "/Applications/Firefox.app/Contents/MacOS/firefox",
    "C:\\Program Files\\Mozilla Firefox\\firefox.exe",
  ]);

// Firefox as a snap reads nothing that is in /tmp or hidden, so its profile is here. Playwright empties this
// folder when it begins.
const results = join(import.meta.dirname, "../results");

const firefox = {
  name: "Firefox",
  missing: () => (firefoxHere() ? null : "there is no Firefox here"),
  async launch() {
    await mkdir(results, { recursive: true });
    const profile = await mkdtemp(join(results, "firefox-"));
    const browser = await puppeteer.launch({
      browser: "firefox",
      executablePath: firefoxHere(),
      userDataDir: profile,
      headless: true,
      timeout: 90_000,
      protocolTimeout: 90_000,
    });
    const page = await browser.newPage();
    await page.setViewport({ width: 1280, height: 800 });
    let wrong = [];
    page.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
    page.on("pageerror", (error) => wrong.push(error.message));
    // Of the page, or of the first frame in it.
    const commands = (place) => ({
      evaluate: async (what, ...values) => (await place()).evaluate(what, ...values),
      click: async (selector) => (await (await place()).waitForSelector(selector, { visible: true })).click(),
    });
    return {
      version: await browser.version(),
      goto: async (url) => {
        const before = [...wrong];
        await page.goto("about:blank");
        // What breaks off because the page is left is no error of it.
        wrong = before;
        await page.goto(url);
      },
      ...commands(() => page),
      inFrame: commands(async () => (await page.waitForSelector("iframe")).contentFrame()),
      press: (key) => page.keyboard.press(key),
      back: () => page.goBack(),
      picture: (path) => page.screenshot({ path }),
      // Since it was last asked.
      wentWrong: async () => wrong.splice(0),
      close: async () => {
        await browser.close();
        await rm(profile, { recursive: true, force: true, maxRetries: 10 });
      },
    };
  },
};

// As the protocol spells keys that are no characters.
const KEYS = { ArrowRight: "\uE014", ArrowLeft: "\uE012", Enter: "\uE007", Escape: "\uE00C" };

const webkitHere = () => program("RAFTLAB_WEBKIT_DRIVER", "--help", ["WebKitWebDriver"]);
const screenHere = () => program("RAFTLAB_XVFB", "-help", ["Xvfb"]);

const webkit = {
  name: "WebKit",
  missing: () => {
    if (!webkitHere()) return "there is no WebKitWebDriver here";
    if (!screenHere()) return "there is no Xvfb here, the screen that it needs";
    return null;
  },
  async launch() {
    const started = [];
    const stop = () => started.forEach((one) => one.kill());
    try {
      // It takes a number that is free, and tells it on its fourth descriptor.
      const screen = spawn(screenHere(), ["-displayfd", "3", "-screen", "0", "1400x1000x24", "-nolisten", "tcp"], {
        stdio: ["ignore", "ignore", "ignore", "pipe"],
      });
      started.push(screen);
      const number = await new Promise((told, failed) => {
        screen.stdio[3].once("data", (text) => told(String(text).trim()));
        screen.once("error", failed);
        screen.once("exit", (code) => failed(new Error(`Xvfb ended with ${code}`)));
      });
      const port = await freePort();
      const driver = spawn(webkitHere(), [`--port=${port}`], {
        // Containers and root have no sandbox, and no graphics card.
        env: {
          ...process.env,
          DISPLAY: `:${number}`,
          GDK_BACKEND: "x11",
          LIBGL_ALWAYS_SOFTWARE: "1",
          WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1",
        },
        stdio: "ignore",
      });
      started.push(driver);
      return await session(`http://127.0.0.1:${port}`, stop);
    } catch (error) {
      stop();
      throw error;
    }
  },
};

// A session of the WebDriver protocol: https://www.w3.org/TR/webdriver2/.
async function session(address, stop) {
  const ask = async (method, path, body) => {
    const answer = await fetch(address + path, { method, body: body && JSON.stringify(body) });
    const { value } = await answer.json();
    if (value?.error) throw new Error(`${method} ${path}: ${value.error}: ${value.message}`);
    return value;
  };
  await until("the driver answers", () => ask("GET", "/status").catch(() => null));
  const { sessionId, capabilities } = await ask("POST", "/session", { capabilities: { alwaysMatch: {} } });
  const tell = (path, body = {}) => ask("POST", `/session/${sessionId}${path}`, body);
  const find = (selector) =>
    until(`${selector} is there`, () => tell("/element", { using: "css selector", value: selector }).catch(() => null));
  const evaluate = (what, ...values) =>
    tell("/execute/sync", { script: `return (${what}).apply(null, arguments)`, args: values });
  // The window is that much higher than the page in it.
  await tell("/window/rect", { width: 1280, height: 800 });
  const height = await evaluate(() => innerHeight);
  await tell("/window/rect", { width: 1280, height: 1600 - height });
  // Of the page, or of the first frame in it.
  const commands = (enter) => ({
    evaluate: async (...what) => {
      await enter();
      return evaluate(...what);
    },
    click: async (selector) => {
      await enter();
      const element = await find(selector);
      if (!(await evaluate((which) => document.querySelector(which) instanceof SVGElement, selector))) {
        const [id] = Object.values(element);
        await tell(`/element/${id}/click`);
        return;
      }
      // What is drawn counts as nothing that one could click: to where it is, and click there.
      const [x, y] = await evaluate((which) => {
        const { left, top, width, height } = document.querySelector(which).getBoundingClientRect();
        return [left + width / 2, top + height / 2].map(Math.round);
      }, selector);
      const actions = [
        { type: "pointerMove", duration: 0, origin: "viewport", x, y },
        { type: "pointerDown", button: 0 },
        { type: "pointerUp", button: 0 },
      ];
      await tell("/actions", { actions: [{ type: "pointer", id: "mouse", parameters: { pointerType: "mouse" }, actions }] });
    },
  });
  const top = () => tell("/frame", { id: null });
  const frame = async () => {
    await top();
    await tell("/frame", { id: await find("iframe") });
  };
  const inFrame = commands(frame);
  // What went wrong in the page that is open, and in the first frame in it; whether anybody listened.
  const take = async () => {
    const told = () => window.wentWrong?.splice(0) ?? null;
    await top();
    const outside = await evaluate(told);
    const hasFrame = await evaluate(() => document.querySelector("iframe") !== null);
    const inside = hasFrame ? await inFrame.evaluate(told) : null;
    return { wrong: [...(outside ?? []), ...(inside ?? [])], isHeard: (hasFrame ? inside : outside) !== null };
  };
  let before = [];
  return {
    version: `${capabilities.browserName} ${capabilities.browserVersion}`,
    goto: async (url) => {
      before.push(...(await take()).wrong);
      await tell("/url", { url: "about:blank" });
      await tell("/url", { url });
    },
    ...commands(top),
    inFrame,
    press: async (key) => {
      await top();
      const value = KEYS[key] ?? key;
      const actions = [{ type: "keyDown", value }, { type: "keyUp", value }];
      await tell("/actions", { actions: [{ type: "key", id: "keys", actions }] });
    },
    back: () => tell("/back"),
    picture: async (path) =>
      writeFile(path, Buffer.from(await ask("GET", `/session/${sessionId}/screenshot`), "base64")),
    // Since it was last asked.
    wentWrong: async () => {
      const { wrong, isHeard } = await take();
      if (!isHeard) throw new Error("nobody listened to what goes wrong");
      return [...before.splice(0), ...wrong];
    },
    close: async () => {
      await ask("DELETE", `/session/${sessionId}`).catch(() => null);
      stop();
    },
  };
}

// Asks again until the answer is something, for 30 seconds.
async function until(what, ask) {
  for (let turn = 0; turn < 300; turn += 1) {
    const answer = await ask();
    if (answer) return answer;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`waited in vain: ${what}`);
}

export const browsers = [firefox, webkit];
