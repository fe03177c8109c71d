// Each scenario runs to the end that it states, read from the page's own tables.
import { test, expect } from "./support/fixtures.mjs";
import { history, leaders, nodes, open, rpcs, toEnd, violated } from "./support/page.mjs";

test("the leader crashes, and another is elected at a higher term", async ({ page, site }) => {
  await open(page, site, { scenario: "leader-crash", seed: 42, t: 995_000 });
  const before = await nodes(page);
  const [first, ...others] = leaders(before);
  expect(first, "someone leads").toBeDefined();
  expect(others).toEqual([]);

  await toEnd(page);
  const after = await nodes(page);
  const [second, ...more] = leaders(after);
  expect(more).toEqual([]);
  expect(second).not.toBe(first);
  expect(after[first].role).toBe("crashed");
  expect(after[second].term).toBeGreaterThan(before[first].term);
  expect(after[second].commit, "what was committed stays so").toBeGreaterThan(before[first].commit);
  for (const node of Object.values(after).filter((node) => node.role === "follower")) {
    expect(node.leader).toBe(second);
    expect(node.term).toBe(after[second].term);
  }
  expect(await violated(page)).toEqual([]);
});

test("with a fixed timeout all five stand at once, term after term, and nobody wins", async ({ page, site }) => {
  await open(page, site, { scenario: "split-vote-fixed", t: 204_000 });
  for (const node of Object.values(await nodes(page))) {
    expect(node).toMatchObject({ role: "candidate", term: 1, "voted-for": node.node });
  }
  await open(page, site, { scenario: "split-vote-fixed", t: 1_990_000 });
  const late = await nodes(page);
  expect(leaders(late)).toEqual([]);
  for (const node of Object.values(late)) {
    expect(node.term).toBe(9);
    expect(node.votes).toMatch(/^1 of 5/);
  }
  const refusals = (await rpcs(page, "vote-refused")).filter((row) => row.kind === "vote-refused");
  expect(refusals.length).toBeGreaterThan(0);
  expect(refusals[0].said).toMatch(/refused: .* voted for/);
  expect(await violated(page)).toEqual([]);
});

test("with timeouts of 150 to 300 ms the same five elect one", async ({ page, site }) => {
  await open(page, site, { scenario: "split-vote-random", seed: 42 });
  await toEnd(page);
  expect(leaders(await nodes(page))).toHaveLength(1);
});

test("two data centres, the leader with the majority", async ({ page, site }) => {
  const run = { scenario: "two-data-centres", seed: 42 };
  await open(page, site, { ...run, t: 799_000 });
  const before = await nodes(page);
  expect(leaders(before)).toEqual(["A"]);

  await open(page, site, { ...run, t: 2_399_000 });
  const parted = await nodes(page);
  expect(leaders(parted), "C and D elect nobody").toEqual(["A"]);
  expect(parted.A.term).toBe(before.A.term);
  expect(parted.A.commit, "A commits on").toBeGreaterThan(before.A.commit);
  const counted = Math.max(parted.C.term, parted.D.term);
  expect(counted, "but their term counts up").toBeGreaterThan(before.A.term + 2);
  expect((await rpcs(page, "lost")).some((row) => row.fate === "lost: cut off")).toBe(true);

  await toEnd(page);
  const healed = await nodes(page);
  const [leader, ...others] = leaders(healed);
  expect(others).toEqual([]);
  expect(healed[leader].term, "an election that nobody needed").toBeGreaterThan(counted);
  for (const node of Object.values(healed)) {
    expect(node.term).toBe(healed[leader].term);
    expect(node.commit, "nothing committed is lost, and C and D catch up").toBeGreaterThanOrEqual(parted.A.commit);
    expect(node.last).toBe(healed[leader].last);
  }
  expect(await violated(page)).toEqual([]);
});

test("two data centres, the leader with the minority", async ({ page, site }) => {
  const run = { scenario: "two-data-centres-minority", seed: 42 };
  await open(page, site, { ...run, t: 799_000 });
  const before = await nodes(page);
  expect(leaders(before)).toEqual(["A"]);

  await open(page, site, { ...run, t: 2_399_000 });
  const parted = await nodes(page);
  expect(leaders(parted)).toHaveLength(2);
  const elected = leaders(parted).find((name) => name !== "A");
  expect(["B", "C", "D"]).toContain(elected);
  expect(parted.A.role).toBe("leader (stale)");
  expect(parted.A.commit, "two of five commit nothing").toBeLessThanOrEqual(before.A.commit + 1);
  expect(parted.A.last, "though A takes what its client sends").toBeGreaterThan(parted.A.commit);
  expect(parted[elected].commit).toBeGreaterThan(parted.A.commit);

  await toEnd(page);
  const healed = await nodes(page);
  expect(leaders(healed)).toEqual([elected]);
  expect(healed.A).toMatchObject({ role: "follower", leader: elected, term: healed[elected].term });
  expect(healed.A.last, "A's uncommitted entries went").toBe(healed[elected].last);
  expect(healed.A.commit).toBeGreaterThanOrEqual(parted[elected].commit);
  expect(await violated(page)).toEqual([]);
});

const reads = async (page, way) => (await history(page)).filter((row) => row.asked === `read x by ${way}`);
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

test("reads by lease are answered at once, reads by ReadIndex after a round of heartbeats", async ({ page, site }) => {
  const took = {};
  for (const [way, scenario] of [["ReadIndex", "reads-by-read-index"], ["lease", "reads-by-lease"]]) {
    await open(page, site, { scenario, seed: 42 });
    await toEnd(page);
    const answered = (await reads(page, way)).filter((row) => row.took !== "");
    expect(answered.length).toBeGreaterThan(20);
    took[way] = median(answered.map((row) => Number.parseFloat(row.took)));
    await page.getByTestId("tab-story").click();
    const shown = page.getByTestId(way === "lease" ? "reads-by-lease" : "reads-by-read-index");
    await expect(shown).toContainText(/\d\.\d ms/);
    expect(await violated(page)).toEqual([]);
  }
  expect(took.lease).toBeLessThan(2);
  expect(took.ReadIndex, "a round trip of some 10 ms").toBeGreaterThan(5 * took.lease);
});

test("the phantom leader answers from its lease with an old value, and the monitor marks it", async ({ page, site }) => {
  await open(page, site, { scenario: "phantom-leader-lease", seed: 42 });
  await toEnd(page);
  expect(await violated(page), "every property of the log holds all the same").toEqual(["Linearizability"]);
  await expect(page.getByTestId("checks")).toContainText(/read x = \d+ .* began after/);
  const stale = (await reads(page, "lease")).filter((row) => row.stale === "true");
  expect(stale.length).toBeGreaterThan(0);
  expect(stale[0].answer).toMatch(/from A, by its lease.*STALE/);
  const two = await nodes(page);
  expect(leaders(two)).toHaveLength(2);
});

test("by ReadIndex the same read gets no answer there", async ({ page, site }) => {
  await open(page, site, { scenario: "phantom-leader-read-index", seed: 42 });
  await toEnd(page);
  const all = await reads(page, "ReadIndex");
  const late = all.filter((row) => Number.parseFloat(row.began) > 700);
  expect(late.length, "the client goes on asking").toBeGreaterThan(0);
  for (const row of late) expect(row.answer).toBe("waits");
  expect(await violated(page)).toEqual([]);
});
