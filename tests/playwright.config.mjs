// How the end-to-end tests run. `cargo xtask test --only end-to-end` calls this
// with the browser that it found; `npx playwright test` here works as well.
import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

const usual = ["/usr/bin/chromium", "/usr/bin/google-chrome"];
const executablePath = process.env.RAFTLAB_CHROMIUM || usual.find((path) => existsSync(path));

const reporter = [["list"]];
// xtask counts the tests from this one; without a name it would go to the screen.
if (process.env.PLAYWRIGHT_JSON_OUTPUT_NAME) reporter.push(["json"]);

export default defineConfig({
  testDir: ".",
  testMatch: "**/*.spec.mjs",
  outputDir: "results",
  fullyParallel: true,
  workers: 2,
  // A test that passes only sometimes has failed.
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 60_000,
  // Whatever the machine is busy with: these are limits, not measurements.
  expect: { timeout: 20_000 },
  reporter,
  use: {
    browserName: "chromium",
    viewport: { width: 1280, height: 800 },
    screenshot: "only-on-failure",
    trace: "retain-on-failure",
    launchOptions: {
      executablePath,
      // As in crates/xtask/src/setup/browser.rs: containers and root have no
      // sandbox, and the browser is to keep off the network by itself.
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
