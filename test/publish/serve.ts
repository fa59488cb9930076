// A folder served by HTTP on this machine, with the headers of one's choice.
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";

const types: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
};

export interface Site {
  origin: string;
  close(): Promise<void>;
}

/** @param find path of the file for a path of a URL */
export const serve = async (
  find: (path: string) => string,
  headers: Record<string, string> = {},
): Promise<Site> => {
  const server = createServer(async ({ url = "/" }, response) => {
    const file = find(decodeURIComponent(new URL(url, "http://host").pathname));
    const bytes = await readFile(file).catch(() => undefined);
    response.writeHead(bytes ? 200 : 404, {
      "content-type": types[extname(file)] ?? "text/plain",
      ...headers,
    });
    response.end(bytes);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
};

export const serveFolder = (folder: string, headers?: Record<string, string>): Promise<Site> =>
  serve((path) => join(folder, path.endsWith("/") ? `${path}index.html` : path), headers);
