// How a reader gives the page a file.
import { expect } from "./fixtures.mjs";

export const text = (name, content) => ({ name, mimeType: "text/plain", buffer: Buffer.from(content) });

export async function openFiles(page) {
  await page.getByTestId("open-files").click();
  await expect(page.getByTestId("files-dialog")).toBeVisible();
}

// Chooses it, drops it, or pastes or types what is in it.
export async function give(page, how, content, name = "mine.toml") {
  if (how === "choose") {
    await openFiles(page);
    await page.getByTestId("choose-file").setInputFiles(text(name, content));
  } else if (how === "type") {
    await openFiles(page);
    await page.getByTestId("pasted").fill(content);
    await page.getByTestId("open-pasted").click();
  } else {
    await page.evaluate(
      ([how, content, name]) => {
        const data = new DataTransfer();
        if (how === "paste") data.setData("text", content);
        else data.items.add(new File([content], name));
        const more = { bubbles: true, cancelable: true };
        const event =
          how === "drop" ? new DragEvent("drop", { ...more, dataTransfer: data }) : new ClipboardEvent("paste", { ...more, clipboardData: data });
        document.body.dispatchEvent(event);
      },
      [how, content, name],
    );
  }
}
