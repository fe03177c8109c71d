// Static servers for the tests: the built page as a course's host would serve
// it, and an article of another origin that embeds it.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { join, normalize, extname, sep } from "node:path";
import { promisify } from "node:util";
import { brotliCompress } from "node:zlib";

const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

function listen(answer) {
  const server = createServer(answer);
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const origin = `http://127.0.0.1:${server.address().port}`;
      const close = () =>
        new Promise((closed) => {
          server.close(closed);
          server.closeAllConnections();
        });
      resolve({ origin, close });
    });
  });
}

// A port that nobody listens at, for a program that has to be told one.
export async function freePort() {
  const { origin, close } = await listen(() => {});
  await close();
  return Number(new URL(origin).port);
}

// Serves `folder` below `path`, and nothing anywhere else on the host. Hosts differ in whether
// they let other origins read, `shared`, and in whether they compress what they send, `compressed`.
// `head` is put at the beginning of the head of every page: a browser without a way to ask it for
// its console gets a script that listens.
export async function serveFolder(folder, path, { shared = false, compressed = false, head = "" } = {}) {
  const packed = new Map();
  const { origin, close } = await listen(async (request, response) => {
    const asked = decodeURIComponent(new URL(request.url, "http://host").pathname);
    if (`${asked}/` === path) {
      response.writeHead(301, { Location: path }).end();
      return;
    }
    const name = asked.endsWith("/") ? `${asked.slice(path.length)}index.html` : asked.slice(path.length);
    const file = normalize(join(folder, name));
    if (!asked.startsWith(path) || !file.startsWith(folder + sep)) {
      response.writeHead(404).end("not here");
      return;
    }
    try {
      let body = await readFile(file);
      const headers = { "Content-Type": TYPES[extname(file)] ?? "application/octet-stream" };
      if (head && extname(file) === ".html") body = withHead(String(body), head);
      if (compressed && /\bbr\b/.test(request.headers["accept-encoding"] ?? "")) {
        headers["Content-Encoding"] = "br";
        headers.Vary = "Accept-Encoding";
        if (!packed.has(file)) packed.set(file, await promisify(brotliCompress)(body));
        body = packed.get(file);
      }
      if (shared) headers["Access-Control-Allow-Origin"] = "*";
      response.writeHead(200, headers).end(body);
    } catch {
      response.writeHead(404).end("no such file");
    }
  });
  return { url: origin + path, origin, close };
}

// A page with more at the beginning of its head.
export const withHead = (html, head) => html.replace("<head>", () => `<head>${head}`);

// Serves the pages that a test writes; another origin than any other server here.
export async function serveArticles() {
  const pages = new Map();
  const { origin, close } = await listen((request, response) => {
    const html = pages.get(new URL(request.url, "http://host").pathname);
    if (html === undefined) {
      response.writeHead(404).end("no such article");
      return;
    }
    response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" }).end(html);
  });
  // The article's address.
  const publish = (body) => {
    const path = `/article-${pages.size + 1}`;
    pages.set(
      path,
      `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>An article</title>
<link rel="icon" href="data:,"></head><body>${body}</body></html>`,
    );
    return origin + path;
  };
  return { origin, close, publish };
}
