// Embeds as a reader of an article meets them.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { started } from "./fixtures.mjs";

// Opens the page as an embed, without an article around it.
export async function openEmbed(page, site, query = "", hash = "") {
  await page.goto("about:blank");
  await page.goto(`${site.url}?embed=1${query}#${hash}`);
  await started(page);
}

// Publishes one of tests/host/, with the page of `site` in it; the article's address.
export async function publishHost(articles, site, name) {
  const text = await readFile(join(import.meta.dirname, "../host", name), "utf8");
  return articles.publish(text.replaceAll("{{PAGE}}", site.url).replaceAll("{{HOST}}", articles.origin));
}
