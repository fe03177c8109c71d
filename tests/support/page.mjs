// The page as a reader meets it: what its controls do and what its tables say.
// The names are listed at the top of web/src/app.rs.
import { expect, started } from "./fixtures.mjs";

// Opens a run at a moment, paused: `open(page, site, { scenario: "leader-crash", t: 990_000 })`.
// Times are in microseconds, as in a link.
export async function open(page, site, fields = {}) {
  const hash = Object.entries(fields)
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
  // A change of the hash alone loads nothing anew: each run begins on an empty page.
  await page.goto("about:blank");
  await page.goto(`${site.url}#${hash}`);
  await started(page);
  if (fields.t !== undefined) await expect(page.getByTestId("time")).toHaveText(milliseconds(fields.t));
}

// A moment as the page writes it.
export const milliseconds = (micros) => `${Math.floor(micros / 1000)}.${Math.floor(micros / 100) % 10} ms`;

export async function pause(page) {
  const play = page.getByTestId("play");
  if ((await play.getAttribute("aria-label")) === "Pause") await play.click();
  await expect(play).toHaveAttribute("aria-label", "Play");
}

export async function toEnd(page) {
  await page.getByTestId("to-end").click();
  await expect(page.getByTestId("next-event")).toHaveText("the run is over");
}

// What is in a row: its `data-*` attributes and the text of its fields.
const readRows = (rows) =>
  rows.map((row) => ({
    ...row.dataset,
    ...Object.fromEntries(
      [...row.querySelectorAll("[data-field]")].map((cell) => [cell.dataset.field, cell.textContent.trim()]),
    ),
  }));

// The rows of a table that is on the page.
export const rowsOf = (page, table) => page.getByTestId(table).locator("tbody tr").evaluateAll(readRows);

// The rows of a table, each as { field: text } with its `data-*` attributes.
async function rows(page, tab, table) {
  await page.getByTestId(`tab-${tab}`).click();
  const found = page.getByTestId(table);
  await expect(found).toBeVisible();
  return found.locator("tbody tr").evaluateAll(readRows);
}

// The table of nodes: `(await nodes(page)).A.role`.
export async function nodes(page) {
  await page.getByTestId("tab-nodes").click();
  const table = page.getByTestId("nodes");
  await expect(table).toBeVisible();
  const cells = await table.locator("td[data-node]").evaluateAll((cells) =>
    cells.map(({ dataset, firstChild }) => [dataset.node, dataset.field, firstChild.textContent.trim()]),
  );
  const nodes = {};
  for (const [node, field, text] of cells) (nodes[node] ??= { node })[field] = text;
  for (const node of Object.values(nodes)) {
    for (const field of ["term", "commit", "last"]) node[field] = Number(node[field]);
  }
  return nodes;
}

// The names of the nodes that lead, or believe that they do.
export const leaders = (nodes) =>
  Object.values(nodes)
    .filter((node) => node.role.startsWith("leader"))
    .map((node) => node.node);

// The newest messages, of one kind if one is named: those that there is room for.
export async function rpcs(page, kind = "") {
  await page.getByTestId("tab-rpcs").click();
  await page.getByTestId("filter-kind").selectOption(kind);
  const list = page.getByTestId("rpcs");
  await expect(list).toBeVisible();
  return list.locator("[role=option] > *").evaluateAll(readRows);
}

export const history = (page) => rows(page, "history", "history");

// The properties that are violated.
export async function violated(page) {
  const all = await rows(page, "checks", "checks");
  // The five of Figure 3, durability, at-most-once and linearizability.
  expect(all.length).toBe(8);
  return all.filter((row) => row.state !== "✓ holds").map((row) => row.property);
}

// Goes on with Tab until the control has the focus, as someone without a mouse does.
export async function tabTo(page, target) {
  for (let presses = 0; presses < 120; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error("Tab never reaches it");
}
