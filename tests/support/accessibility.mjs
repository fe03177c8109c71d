// Asks axe-core about a page: expect(await violations(page)).toEqual([]).
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const source = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

// A line for each violation: the rule, what it is about, and where.
// `within` is the selector of a part, such as a dialog: what lies under one is out of reach.
export async function violations(page, options = {}, within = "html") {
  await page.evaluate(await readFile(source, "utf8"));
  const found = await page.evaluate(([part, chosen]) => globalThis.axe.run(part, chosen), [within, options]);
  return found.violations.map(
    (violation) =>
      `${violation.id}: ${violation.help} (${violation.nodes.map((node) => node.target.join(" ")).join(", ")})`,
  );
}
