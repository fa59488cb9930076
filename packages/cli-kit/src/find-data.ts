// Loads a data set and prints messages about the search: warnings stay, progress is on the live line.
import { stat } from "node:fs/promises";
import {
  type AnySplit,
  type Dataset,
  type DatasetDescriptor,
  DatasetError,
  type DatasetInfo,
  type DatasetList,
  datasetNamed,
  type LoadEvent,
} from "@mlpconv/datasets";
import {
  type FolderLoadOptions,
  type FolderScanOptions,
  firstNames,
  folderDefaults,
  isImageFolder,
  type OpenFolder,
  openImageFolder,
  type PictureChannels,
  type PictureOptions,
  pictureDifferences,
} from "@mlpconv/datasets/folder";
import type { TrainedConfig } from "@mlpconv/runs";
import { readPictures } from "@mlpconv/runs/node";
import type { Terminal } from "./terminal.js";

/**
 * @param root folder of the data set's files; undefined: any known folder, or a download
 * @throws DatasetError when the data set is found nowhere; the signal's reason when that is aborted
 */
export const findData = (
  { load }: DatasetDescriptor,
  root: string | undefined,
  terminal: Terminal,
  signal?: AbortSignal,
): Promise<Dataset<AnySplit>> => load({ root, signal, onEvent: tellOf(terminal) });

/** Prints the messages of a data set that is loading. */
export const tellOf =
  (terminal: Terminal) =>
  ({ type, message }: LoadEvent): void =>
    type === "warning" ? terminal.say(`warning: ${message}`) : terminal.live(() => message);

/** What `--data` names: "pictures", the files of a "data set", or "nothing" because there is no such folder. Undefined without `--data`. */
export const kindOfData = async ({
  data,
  dataset,
}: DataRequest): Promise<"pictures" | "data set" | "nothing" | undefined> => {
  if (data === undefined) return undefined;
  const isFolder = await stat(data).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) return "nothing";
  return dataset === undefined && (await isImageFolder(data)) ? "pictures" : "data set";
};

interface DataRequest {
  data?: string | undefined;
  dataset?: string | undefined;
}

/**
 * Looks through the folder of pictures that `--data` names. Undefined where there is none, or `--dataset` says which data set the folder holds.
 *
 * @throws DatasetError when the folder holds pictures or folders, but not those of classes
 */
export const openPictures = async (
  { data, dataset }: DataRequest,
  terminal: Terminal,
  options: Omit<FolderScanOptions, "onEvent"> = {},
): Promise<OpenFolder | undefined> => {
  if (dataset !== undefined || data === undefined) return undefined;
  // What is no folder is no data set either: `openImageFolder` says so without the name of one.
  if ((await kindOfData({ data })) === "data set") return undefined;
  return openImageFolder(data, { ...options, onEvent: tellOf(terminal) });
};

/** What config.json says of a run's images. */
export type ImagesOfRun = Pick<TrainedConfig, "data" | "resize" | "fit" | "testShare">;

/**
 * Loads the data set on which a run was trained.
 *
 * @param run what the run's config.json says of them
 * @param root their folder, where it is not the one that the run names
 * @param folder the run's folder, where its pictures are recorded
 * @throws DatasetError when the data set is unknown or found nowhere, its images have another shape or other classes, or the pictures of a folder
 * have changed
 */
export const findDataOfRun = async (
  run: ImagesOfRun,
  known: DatasetList,
  root: string | undefined,
  terminal: Terminal,
  folder: string,
): Promise<Dataset<AnySplit>> => {
  const { data: trainedOn } = run;
  if (trainedOn.folder)
    return loadFolderOfRun(await openFolderOfRun(run, root, terminal), run, terminal, folder);
  const data = await findData(datasetNamed(trainedOn.name, known), root, terminal);
  checkSameKind(trainedOn, data);
  return data;
};

const checkSameKind = (trainedOn: DatasetInfo, data: DatasetInfo): void => {
  const [was, is] = [trainedOn, data].map(
    ({ classes, shape }) => `images of ${shape.join("x")} of ${classes.length} classes`,
  );
  const differing = [
    ...differenceOf("missing", trainedOn.classes, data.classes),
    ...differenceOf("new", data.classes, trainedOn.classes),
  ];
  const ordered = trainedOn.classes.every((name, label) => name === data.classes[label]);
  if (was === is && differing.length === 0 && ordered) return;
  const why = differing.length > 0 ? ` (${differing.join("; ")})` : ordered ? "" : " in another order";
  throw new DatasetError(
    "damaged",
    `${data.name}: expected ${was}, on which the run was trained, got ${is}${why}; name the folder of the run's own data`,
  );
};

/** The names of the first list that the second does not have, in words; there may be thousands. */
const differenceOf = (words: string, of: readonly string[], than: readonly string[]): string[] => {
  const others = new Set(than);
  const names = of.filter((name) => !others.has(name));
  return names.length === 0 ? [] : [`${words}: ${firstNames(names)}`];
};

/** Looks through the folder of pictures that a run was trained on. @throws DatasetError when it is no such folder any more */
export const openFolderOfRun = (
  { data: { folder }, testShare }: ImagesOfRun,
  root: string | undefined,
  terminal: Terminal,
  signal?: AbortSignal,
): Promise<OpenFolder> =>
  openImageFolder(root ?? folder!.path, {
    ...(testShare !== undefined && { testShare }),
    signal,
    onEvent: tellOf(terminal),
  });

/** How the pictures of a run were made into images. */
export const picturesOf = ({ data: { folder, shape }, resize, fit }: ImagesOfRun) =>
  ({
    size: resize,
    fit: fit ?? folderDefaults.fit,
    // The schema of settings allows these alone.
    channels: shape[2] as PictureChannels,
    behind: folder?.behind ?? folderDefaults.behind,
  }) satisfies PictureOptions;

/**
 * Loads the folder that a run was trained on.
 *
 * @param folder the run's folder, where its pictures are recorded
 * @throws DatasetError when its pictures are others
 */
export const loadFolderOfRun = async (
  opened: OpenFolder,
  run: ImagesOfRun,
  terminal: Terminal,
  folder: string,
  { skipBad = run.data.folder?.leftOut !== undefined, ...options }: FolderLoadOptions = {},
): Promise<Dataset<AnySplit>> => {
  const { data: trainedOn } = run;
  checkSameKind(trainedOn, { ...trainedOn, name: opened.name, classes: opened.classes });
  const data = await opened.load({ ...picturesOf(run), ...options, skipBad, onEvent: tellOf(terminal) });
  if (data.sha256 === trainedOn.sha256) return { ...data, name: trainedOn.name };
  const was = trainedOn.examples;
  const counts = (train: number, test: number) => `${train} training and ${test} test images`;
  const is = counts(data.train.shape[0], data.test.shape[0]);
  const had = was && counts(was.train, was.test);
  // Runs of earlier versions have no record, and a damaged one must not hide this error.
  const recorded = await readPictures(folder).catch(() => undefined);
  const differing = recorded && data.pictures ? pictureDifferences(recorded, data.pictures) : "";
  const counted = had === undefined || had === is ? "" : is;
  const got =
    [counted, differing].filter((part) => part !== "").join(": ") ||
    "others: some files have another content or name";
  throw new DatasetError(
    "damaged",
    `${data.source}: expected the pictures that the run was trained on${had === undefined ? "" : ` (${had})`}, got ${got}; ` +
      "put them back, or name the folder that holds them: --data",
  );
};
