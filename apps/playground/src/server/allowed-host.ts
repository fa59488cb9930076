// Which names a page of this server may have. A page of another site can make its own name mean this machine (DNS rebinding) and would then
// read what is served here; the browser sends that name in the header Host.
import { isIP } from "node:net";

/**
 * Whether a request came by an address, as "localhost", or by one of the names given. An address cannot be made to mean another machine. The port
 * is not compared: a tunnel has another one.
 *
 * @param header of the request, such as "localhost:7654"
 * @param names further names, in lower case
 */
export const allowedHost = (header: string | undefined, names: readonly string[]): boolean => {
  const [, bracketed, plain] = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d+)?$/i.exec(header ?? "") ?? [];
  if (bracketed !== undefined) return isIP(bracketed) === 6;
  if (plain === undefined) return false;
  const name = plain.toLowerCase();
  return isIP(name) === 4 || name === "localhost" || names.includes(name);
};
