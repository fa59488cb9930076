// What a run is trained on: a data set of the list, or a folder of pictures. Classes and channels are known before the images are loaded, because the
// model is built first.
import { join } from "node:path";
import {
  findData,
  flagName,
  loadFolderOfRun,
  openFolderOfRun,
  openPictures,
  runsFolder,
  type Terminal,
  tellOf,
  UsageError,
} from "@mlpconv/cli-kit";
import {
  type AnySplit,
  type Dataset,
  type DatasetDescriptor,
  type DatasetInfo,
  type DatasetList,
  datasetNamed,
} from "@mlpconv/datasets";
import { folderDefaults, type OpenFolder } from "@mlpconv/datasets/folder";
import { type SettingValues, settings, type TrainedConfig } from "@mlpconv/runs";
import { type TrainRequest, trainOptions } from "./options.js";
import type { Processes } from "./processes.js";
import type { Settings } from "./settings.js";

/** A data set whose images are not loaded yet. */
export interface ImageSource
  extends Pick<DatasetInfo, "name" | "classes" | "shape">,
    Pick<DatasetDescriptor, "mirrorable"> {
  /** Settings that it decides where the command line does not. */
  defaults: SettingValues;
  /** Loads its images; those of a folder in the size of the settings. */
  load(settings: Settings): Promise<Dataset<AnySplit>>;
}

/** Where images are searched for, and who receives the messages. */
interface SourceTools {
  known: DatasetList;
  processes: Processes;
  terminal: Terminal;
  signal: AbortSignal;
}

/**
 * The images that the command line asks for, or those of a run that goes on.
 *
 * @throws UsageError when a flag does not belong to such a data set; DatasetError when the folder is not an image folder
 */
export const imageSource = async (
  request: TrainRequest,
  resumed: TrainedConfig | undefined,
  { known, processes, terminal, signal }: SourceTools,
): Promise<ImageSource> => {
  const { rank, agreed, fromFirst } = processes;
  const opened = await agreed(async () =>
    request.dataFromRank0 && rank > 0
      ? undefined
      : resumed
        ? await reopen(resumed, request, terminal, signal)
        : await openPictures(request, terminal, {
            signal,
            ...(request.testShare !== undefined && { testShare: request.testShare }),
          }),
  );
  // A process that is sent the images does not see the folder.
  const folder = await fromFirst(
    () => opened && { name: opened.name, classes: opened.classes, separated: opened.separated },
  );
  if (!folder) {
    const descriptor = datasetNamed(resumed?.data.name ?? request.dataset ?? known[0].name, known);
    await agreed(() => checkNoFolderFlags(request, descriptor.name));
    return { ...descriptor, defaults: {}, load: () => findData(descriptor, request.data, terminal, signal) };
  }
  const { separated, ...facts } = folder;
  if (separated && request.testShare !== undefined)
    throw processes.known(
      new UsageError("train", [
        `expected --test-share with a folder without a part for testing, got ${request.data} with one; leave it out`,
      ]),
    );
  const { channels = folderDefaults.channels, skipBad, imageMemory } = request;
  const { size, fit, testShare } = folderDefaults;
  const options = {
    signal,
    ...(skipBad !== undefined && { skipBad }),
    ...(imageMemory !== undefined && { memory: imageMemory * 1e6 }),
  };
  return {
    ...facts,
    shape: [size, size, channels],
    defaults: { preset: "pictures", channels, fit, ...(!separated && { testShare }) },
    load: (settled) =>
      resumed
        ? loadFolderOfRun(opened!, resumed, terminal, join(runsFolder, request.run!), options)
        : opened!.load({
            ...options,
            size: settled.resize,
            fit: settled.fit ?? fit,
            channels,
            onEvent: tellOf(terminal),
          }),
  };
};

const reopen = async (
  config: TrainedConfig,
  { data }: TrainRequest,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<OpenFolder | undefined> => config.data.folder && openFolderOfRun(config, data, terminal, signal);

const folderOptions = [
  settings.channels,
  settings.fit,
  settings.testShare,
  trainOptions.skipBad,
  trainOptions.imageMemory,
];

const checkNoFolderFlags = (request: TrainRequest, name: string): void => {
  const { channels, fit, testShare, skipBad, imageMemory } = request;
  const given = [channels, fit, testShare, skipBad, imageMemory];
  const wrong = folderOptions.filter((_, i) => given[i] !== undefined).map(flagName);
  if (wrong.length === 0) return;
  throw new UsageError(
    "train",
    wrong.map((flag) => `expected ${flag} with a folder of pictures (--data), got ${name}; leave it out`),
  );
};
