import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { render } from "./server/server.js";

const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm", ".json": "application/json" };

createServer(async ({ url }, response) => {
  const { pathname } = new URL(url, "http://localhost");
  try {
    const file = pathname === "/" ? "/index.html" : normalize(pathname);
    const content = await readFile(join("dist", file));
    response.setHeader("Content-Type", TYPES[extname(file)] ?? "text/html; charset=utf-8");
    if (pathname !== "/") return response.end(content);
    const app = await render();
    response.end(content.toString().replace("<!--app-->", () => app));
  } catch {
    response.writeHead(404).end();
  }
}).listen(process.env.PORT);
