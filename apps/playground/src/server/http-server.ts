// The server: the page's files, the data and the run, to pages of this machine alone.
import { createServer, type Server } from "node:http";
import { describeError } from "@mlpconv/cli-kit";
import sirv from "sirv";
import { allowedHost } from "./allowed-host.js";
import { headers } from "./headers.js";
import { NotThere, type Routes, refuse, send } from "./reply.js";

/** What is served. */
export interface Site {
  /** Folder of the built page. */
  folder: string;
  /** What is not a file of the page. */
  routes: Routes;
  /** Names of this machine by which pages may ask, in lower case, beside its addresses and "localhost". */
  names?: readonly string[];
}

/** Makes a server that does not listen yet. */
export const playgroundServer = ({ folder, routes, names = [] }: Site): Server => {
  // Without `dev` it lists the folder once: a path that is not in the list is not there, whatever is in it.
  const page = sirv(folder, {
    etag: true,
    onNoMatch: (_, response) => refuse(response, 404, "no such file"),
  });
  return createServer(async (request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const { method, url = "/" } = request;
    if (!allowedHost(request.headers.host, names))
      return refuse(
        response,
        403,
        `playground: expected the header Host to name this machine, got ${request.headers.host}; open the address that the program printed`,
      );
    if (method !== "GET" && method !== "HEAD") {
      response.setHeader("Allow", "GET, HEAD");
      return refuse(response, 405, `playground: expected GET or HEAD, got ${method}`);
    }
    const [path, query = ""] = url.split("?", 2) as [string, string?];
    const route = routes.get(path.slice(1));
    if (!route) return page(request, response);
    try {
      await send(request, response, await route(new URLSearchParams(query)));
    } catch (error) {
      refuse(response, error instanceof NotThere ? 404 : 500, describeError(error));
    }
  });
};
