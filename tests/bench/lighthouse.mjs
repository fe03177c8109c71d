// What Lighthouse says of the page, as a host that compresses serves it. Printed, not judged.
import lighthouse, { desktopConfig } from "lighthouse";
import { measured } from "../support/bench.mjs";

await measured("Lighthouse, desktop", async (_browser, site, port) => {
  for (const [what, query] of [["the page", ""], ["embedded", "?embed=1"]]) {
    const { lhr } = await lighthouse(site.url + query, { port, logLevel: "error", output: "json" }, desktopConfig);
    const categories = Object.values(lhr.categories);
    const scores = categories.map(({ title, score }) => `${title.toLowerCase()} ${Math.round(score * 100)}`);
    console.log(`${what.padEnd(10)} ${scores.join(", ")}`);
    const { audits } = lhr;
    for (const name of ["first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift", "speed-index"]) {
      console.log(`           ${audits[name].title}: ${audits[name].displayValue}`);
    }
    for (const { id } of categories.flatMap(({ auditRefs }) => auditRefs.filter(({ weight }) => weight > 0))) {
      const { title, score, displayValue } = audits[id];
      if (score !== null && score < 0.9) console.log(`           not good: ${title} ${displayValue ?? ""}`);
    }
  }
});
