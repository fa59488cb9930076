// Shows a page in the user's browser, by the system's own command for it.
import { spawn } from "node:child_process";

const commands: Partial<Record<NodeJS.Platform, [string, ...string[]]>> = {
  darwin: ["open"],
  win32: ["cmd", "/c", "start", '""'],
};

/** Does nothing in a script, without a screen, or where there is no such command: the address was printed. */
export const openInBrowser = (address: URL): void => {
  if (!process.stdout.isTTY || !hasScreen()) return;
  const [command, ...args] = commands[process.platform] ?? ["xdg-open"];
  const child = spawn(command, [...args, address.href], {
    detached: true,
    stdio: "ignore",
  });
  child.on("error", () => {});
  child.unref();
};

/** Elsewhere there always is one, or the command finds out. */
const hasScreen = (): boolean =>
  process.platform !== "linux" || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
