// Shows a page in the user's browser, by the system's own word for it.
import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const commands: Partial<Record<NodeJS.Platform, [string, ...string[]]>> = {
  darwin: ["open"],
  win32: ["cmd", "/c", "start", '""'],
};

/** Does nothing where there is no such command: the path was printed. */
export const openInBrowser = (path: string): void => {
  const [command, ...args] = commands[process.platform] ?? ["xdg-open"];
  const child = spawn(command, [...args, pathToFileURL(resolve(path)).href], {
    detached: true,
    stdio: "ignore",
  });
  child.on("error", () => {});
  child.unref();
};
