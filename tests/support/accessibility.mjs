// Asks axe-core about a page: expect(await violations(page)).toEqual([]).
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const source = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

// A line for each violation: the rule, what it is about, and where.
export async function violations(page, options = {}) {
  await page.evaluate(await readFile(source, "utf8"));
  const found = await page.evaluate((chosen) => globalThis.axe.run(document, chosen), options);
  return found.violations.map(
    (violation) =>
      `${violation.id}: ${violation.help} (${violation.nodes.map((node) => node.target.join(" ")).join(", ")})`,
  );
}
