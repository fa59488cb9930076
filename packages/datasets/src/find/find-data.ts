// The search for a published data set, with every place it looks in as an argument.
import { join } from "node:path";
import type { Dataset } from "../dataset.js";
import { DatasetError } from "../dataset-error.js";
import { downloadName, downloadsOf } from "../sets/data-set.js";
import { readSet } from "../sets/read-set.js";
import { fetchData } from "./fetch-data.js";
import type { Failure, Places, Request } from "./places.js";
import { describeFolder, type Folder, isComplete, readFolder } from "./read-folder.js";

/** Folders first, then the network. See `loadSet` for what it promises. */
export const findData = async (request: Request, places: Places): Promise<Dataset> => {
  const { root, signal } = request;
  const { set } = places;
  if (root !== undefined) return fromRoot(root, request, places);
  const failures: Failure[] = [];
  const folders: [place: string, path: string | undefined][] = [
    ["MLPCONV_DATA", places.environment],
    ["cache", places.cache],
    ...(set.apt ? [["system", places.system] as [string, string | undefined]] : []),
  ];
  for (const [place, path] of folders) {
    signal.throwIfAborted();
    if (path === undefined) {
      failures.push({ place, reason: "not set" });
      continue;
    }
    const folder = await look(path, place === "MLPCONV_DATA", places);
    tell(folder, request, places);
    if (isComplete(folder)) return readSet(set, folder.form, folder.contents, path);
    failures.push({ place: `${place} ${path}`, reason: describeFolder(folder) });
  }
  if (request.download) {
    const [form] = set.forms;
    const fetched = await fetchData(request, places);
    if (fetched.contents.size === form.files.length)
      return readSet(set, form, fetched.contents, "a download");
    failures.push(...fetched.failures);
  } else {
    failures.push({ place: "download", reason: "switched off (download: false)" });
  }
  throw unavailable(failures, places);
};

/** Nothing falls past a folder that was asked for: another copy might not be what the user wants to know about. */
const fromRoot = async (root: string, request: Request, places: Places): Promise<Dataset> => {
  request.signal.throwIfAborted();
  const { set } = places;
  const folder = await look(root, true, places);
  if (!isComplete(folder)) {
    const wanted = set.what.replace(/^the four /, "four intact ");
    throw new DatasetError(
      folder.damaged.length > 0 ? "damaged" : "unavailable",
      `${set.info.name}: expected ${wanted} in ${root}, got: ${describeFolder(folder)}.\n` +
        "Fix: put the right files there, or leave the folder out to have them found or downloaded.",
    );
  }
  tell(folder, request, places);
  return readSet(set, folder.form, folder.contents, root);
};

/** What a folder has; one that a user names may also hold a folder for each data set, which is looked in first. */
const look = async (path: string, ofUser: boolean, { set }: Places): Promise<Folder> => {
  const own = ofUser ? await readFolder(join(path, set.info.name), set.forms) : undefined;
  if (own && (isComplete(own) || own.contents.size > 0 || own.damaged.length > 0)) return own;
  return readFolder(path, set.forms);
};

const tell = ({ damaged, unverified }: Folder, { onEvent }: Request, { set }: Places) => {
  for (const message of damaged)
    onEvent({ type: "warning", message: `${set.info.name}: not used: ${message}` });
  for (const message of unverified) onEvent({ type: "warning", message: `${set.info.name}: ${message}` });
};

const unavailable = (failures: readonly Failure[], { set }: Places): DatasetError => {
  const names = downloadsOf(set.forms[0]).map(downloadName).join(", ");
  const apt = set.apt
    ? [
        "environment variable MLPCONV_DATA; or name a mirror's URL in MLPCONV_MIRROR; or, on Debian and Ubuntu, install the package",
        `${set.apt.package}.`,
      ]
    : ["environment variable MLPCONV_DATA; or name a mirror's URL in MLPCONV_MIRROR."];
  return new DatasetError(
    "unavailable",
    [
      `${set.info.name}: expected ${set.what} in one of these places, got them from none:`,
      ...failures.map(({ place, reason }) => `  - ${place}: ${reason}`),
      `Fix: put ${names}`,
      `(from ${set.homepage}) in a folder and name it as \`root\` or in the`,
      ...apt,
    ].join("\n"),
  );
};
