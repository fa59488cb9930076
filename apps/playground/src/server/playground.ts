// What `playground` does, in order: the page, the run, the data, the server, the browser.
import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  count,
  Interrupted,
  noSuchRun,
  onInterrupt,
  openInBrowser,
  runsFolder,
  type Terminal,
  UsageError,
} from "@mlpconv/cli-kit";
import type { DatasetList } from "@mlpconv/datasets";
import type { TrainedConfig } from "@mlpconv/runs";
import { readTrainedConfig } from "@mlpconv/runs/node";
import { dataRoutes } from "./data-routes.js";
import { playgroundServer } from "./http-server.js";
import { listen } from "./listen.js";
import { loadData } from "./load-data.js";
import type { PlaygroundRequest } from "./options.js";
import { noRun, runRoutes } from "./run-routes.js";

/** The built page: in the package `mlpconv` beside its code, in this repository where vite writes it. */
const builtPage = (): string => {
  const folders = ["../playground/", "../../dist/"].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  const found = folders.find((folder) => existsSync(join(folder, "index.html")));
  if (found !== undefined) return found;
  throw new Error(
    "playground: expected the built page beside the program, got none; build it: pnpm --filter @mlpconv/playground build",
  );
};

/** Serves until a signal comes. @throws Interrupted then; UsageError when there is no such run; DatasetError when the data are not there */
export const playground = async (
  request: PlaygroundRequest,
  { terminal, known }: { terminal: Terminal; known: DatasetList },
): Promise<void> => {
  const folder = builtPage();
  const { signal, exitCode, dispose } = onInterrupt();
  try {
    const run = request.run === undefined ? undefined : await findRun(request.run);
    const data = await loadData(request, { known, terminal, signal, run });
    const routes = new Map([...dataRoutes(data), ...(run ? runRoutes(run.name, run.folder) : noRun)]);
    const names = isLoopback(request.host)
      ? []
      : [request.host, hostname()].map((name) => name.toLowerCase());
    const server = playgroundServer({ folder, routes, names });
    const address = await listen(server, request.host, request.port);
    terminal.say(`page   ${address.href}`);
    terminal.say(
      `data   ${typeof data === "string" ? `none on this machine; the page draws some` : words(data)}`,
    );
    if (run) terminal.say(`run    ${run.name}, in ${run.folder}`);
    terminal.say("Ctrl-C ends the program.");
    if (request.open) openInBrowser(address);
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
    server.close();
    server.closeAllConnections();
    throw new Interrupted(exitCode()!, "playground: ended");
  } catch (error) {
    const code = exitCode();
    throw code === undefined || error instanceof Interrupted
      ? error
      : new Interrupted(code, "playground: interrupted before it served the page");
  } finally {
    dispose();
  }
};

const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || host.startsWith("127.");

const words = ({
  name,
  train,
  test,
  source,
}: Exclude<Awaited<ReturnType<typeof loadData>>, string>): string =>
  `${name}, ${count(train.shape[0])} training and ${count(test.shape[0])} test images, from ${source}`;

/** A run may have no weights yet. @throws UsageError when there is no such run; RunFolderError when it is no run's folder */
const findRun = async (name: string): Promise<{ name: string; folder: string; config: TrainedConfig }> => {
  const folder = join(runsFolder, name);
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new UsageError("playground", [await noSuchRun(name, "--run")]);
  return { name, folder, config: await readTrainedConfig(join(folder, "config.json")) };
};
