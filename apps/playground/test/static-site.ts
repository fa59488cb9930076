// A folder as a host without any settings serves it.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import sirv from "sirv";

export interface StaticSite {
  /** Address without a slash at its end. */
  origin: string;
  /** Paths that were asked for, in order. */
  asked: string[];
  close(): void;
}

/** @param headers sent with every answer */
export const serveStatic = async (
  folder: string,
  headers: Record<string, string> = {},
): Promise<StaticSite> => {
  const files = sirv(folder);
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url!.split("?")[0]!);
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    files(request, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};
