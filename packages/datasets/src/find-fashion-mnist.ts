// The search behind `fashionMnist()`, with every place it looks in as an argument.
import type { Dataset } from "./dataset.js";
import { DatasetError } from "./dataset-error.js";
import { assemble, type Contents } from "./fashion-mnist-files.js";
import { fetchFashionMnist } from "./fetch-fashion-mnist.js";
import { describeFolder, readFolder } from "./read-folder.js";
import type { Failure, Places, Request } from "./search.js";

/** Folders first, then the network. See `fashionMnist` for what it promises. */
export const findFashionMnist = async (request: Request, places: Places): Promise<Dataset> => {
  const { root, signal } = request;
  if (root !== undefined) return fromRoot(root, request, places);
  const failures: Failure[] = [];
  const folders: [place: string, path: string | undefined][] = [
    ["MLPCONV_DATA", places.environment],
    ["cache", places.cache],
    ["system", places.system],
  ];
  for (const [place, path] of folders) {
    signal.throwIfAborted();
    if (path === undefined) {
      failures.push({ place, reason: "not set" });
      continue;
    }
    const found = await look(path, request, places);
    if (typeof found !== "string") return assemble(found, places.files, path);
    failures.push({ place: `${place} ${path}`, reason: found });
  }
  if (request.download) {
    const fetched = await fetchFashionMnist(request, places);
    if (fetched.contents.size === places.files.length)
      return assemble(fetched.contents, places.files, "a download");
    failures.push(...fetched.failures);
  } else {
    failures.push({ place: "download", reason: "switched off (download: false)" });
  }
  throw unavailable(failures, places);
};

/** Nothing falls past a folder that was asked for: another copy might not be what the user wants to know about. */
const fromRoot = async (root: string, request: Request, { files }: Places): Promise<Dataset> => {
  request.signal.throwIfAborted();
  const folder = await readFolder(root, files);
  if (folder.contents.size < files.length) {
    throw new DatasetError(
      folder.damaged.length > 0 ? "damaged" : "unavailable",
      `fashion-mnist: expected four intact IDX files in ${root}, got: ${describeFolder(folder)}.\n` +
        "Fix: put the right files there, or leave the folder out to have them found or downloaded.",
    );
  }
  warnOf(folder.damaged, request);
  return assemble(folder.contents, files, root);
};

/** All the files of a folder, or why not. */
const look = async (path: string, request: Request, { files }: Places): Promise<Contents | string> => {
  const folder = await readFolder(path, files);
  warnOf(folder.damaged, request);
  return folder.contents.size === files.length ? folder.contents : describeFolder(folder);
};

const warnOf = (damaged: readonly string[], { onEvent }: Request) => {
  for (const message of damaged) onEvent({ type: "warning", message: `fashion-mnist: not used: ${message}` });
};

const unavailable = (failures: readonly Failure[], { files }: Places): DatasetError => {
  const names = files.map(({ name }) => `${name}.gz`).join(", ");
  return new DatasetError(
    "unavailable",
    [
      "fashion-mnist: expected the four IDX files in one of these places, got them from none:",
      ...failures.map(({ place, reason }) => `  - ${place}: ${reason}`),
      `Fix: put ${names}`,
      "(from https://github.com/zalandoresearch/fashion-mnist, folder data/fashion) in a folder and name it as `root` or in the",
      "environment variable MLPCONV_DATA; or name a mirror's URL in MLPCONV_MIRROR; or, on Debian and Ubuntu, install the package",
      "dataset-fashion-mnist.",
    ].join("\n"),
  );
};
