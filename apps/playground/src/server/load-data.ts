// The data set that the page gets: the one that was asked for, that of the run, or the usual one where it is on this machine.
import { loadFolderOfRun, openFolderOfRun, openPictures, type Terminal, tellOf } from "@mlpconv/cli-kit";
import { type AnySplit, type Dataset, DatasetError, type DatasetList, datasetNamed } from "@mlpconv/datasets";
import type { TrainedConfig } from "@mlpconv/runs";
import type { PlaygroundRequest } from "./options.js";

/** Side of the pictures of a folder, in pixels: as `train` has them where nothing else is said. */
const pictureSide = 48;

export interface Sources {
  known: DatasetList;
  terminal: Terminal;
  signal: AbortSignal;
  /** The run that is shown. */
  run: { folder: string; config: TrainedConfig } | undefined;
}

/**
 * @returns the data set, or why there is none, where none was asked for
 * @throws DatasetError when what was asked for cannot be had
 */
export const loadData = async (
  { data: root, dataset }: Pick<PlaygroundRequest, "data" | "dataset">,
  { known, terminal, signal, run }: Sources,
): Promise<Dataset<AnySplit> | string> => {
  const onEvent = tellOf(terminal);
  if (root !== undefined || dataset !== undefined) {
    const pictures = await openPictures({ data: root, dataset }, terminal, { signal });
    if (pictures) return pictures.load({ size: pictureSide, signal, onEvent });
    return datasetNamed(dataset ?? known[0].name, known).load({ root, signal, onEvent });
  }
  try {
    if (run?.config.data.folder) {
      const folder = await openFolderOfRun(run.config, undefined, terminal, signal);
      return await loadFolderOfRun(folder, run.config, terminal, run.folder, { signal });
    }
    const { name } = run?.config.data ?? known[0];
    return await datasetNamed(name, known).load({ download: false, signal, onEvent });
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    return error.message;
  }
};
