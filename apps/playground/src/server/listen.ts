// Opens the port.
import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { asTyped } from "@mlpconv/cli-kit";
import { systemErrorMessage } from "@mlpconv/weights/node";
import { usualPort } from "./options.js";

/**
 * Listens on the port, or on the usual one or any that is free.
 *
 * @returns the page's address
 * @throws Error when the port is in use or the address is none of this machine
 */
export const listen = async (server: Server, host: string, port: number | undefined): Promise<URL> => {
  if (port !== undefined) await tryPort(server, host, port);
  else
    await tryPort(server, host, usualPort).catch((error: ListenError) => {
      if (error.code !== "EADDRINUSE") throw error;
      return tryPort(server, host, 0);
    });
  const { address, port: opened } = server.address() as AddressInfo;
  return new URL(`http://${nameOf(address)}:${opened}/`);
};

/** What a browser on this machine calls the address. "localhost" could be another one of two. */
const nameOf = (address: string): string => {
  if (address === "0.0.0.0") return "127.0.0.1";
  if (address === "::") return "[::1]";
  return address.includes(":") ? `[${address}]` : address;
};

class ListenError extends Error {
  constructor(
    message: string,
    readonly code: string | undefined,
    cause: unknown,
  ) {
    super(message, { cause });
  }
}

const tryPort = async (server: Server, host: string, port: number): Promise<void> => {
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new ListenError(problem(host, port, cause), code, cause);
  }
};

const problem = (host: string, port: number, error: unknown): string => {
  switch ((error as NodeJS.ErrnoException).code) {
    case "EADDRINUSE":
      return `playground: expected port ${port} to be free, got one in use; leave --port out, or stop what uses it`;
    case "EACCES":
      return `playground: expected a port that this user may open, got ${port}; pass one above 1023, such as ${asTyped(`playground --port ${usualPort}`)}`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `playground: expected --host to be an address of this machine, got ${host}; 0.0.0.0 is all of them`;
    default:
      return `playground: expected to serve on ${host}, port ${port}, got: ${systemErrorMessage(error)}`;
  }
};
