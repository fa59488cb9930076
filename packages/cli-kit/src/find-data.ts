// The images of a data set with what is told of the search: warnings stay, progress is the live line.
import {
  type Dataset,
  type DatasetDescriptor,
  DatasetError,
  type DatasetInfo,
  type DatasetList,
  datasetNamed,
} from "@mlpconv/datasets";
import type { Terminal } from "./terminal.js";

/**
 * @param root folder of its files; undefined: wherever they are found, or a download
 * @throws DatasetError when they can be had nowhere; the signal's reason when that is aborted
 */
export const findData = (
  { load }: DatasetDescriptor,
  root: string | undefined,
  terminal: Terminal,
  signal?: AbortSignal,
): Promise<Dataset> =>
  load({
    root,
    signal,
    onEvent: ({ type, message }) =>
      type === "warning" ? terminal.say(`warning: ${message}`) : terminal.live(() => message),
  });

/**
 * The images of the data set that a run was trained on.
 *
 * @param trainedOn what the run's config.json says of it
 * @throws DatasetError when no program of this list knows it, it can be had nowhere, or its images are of another shape or other classes
 */
export const findDataOfRun = async (
  trainedOn: Pick<DatasetInfo, "name" | "classes" | "shape">,
  known: DatasetList,
  root: string | undefined,
  terminal: Terminal,
): Promise<Dataset> => {
  const data = await findData(datasetNamed(trainedOn.name, known), root, terminal);
  const [was, is] = [trainedOn, data].map(
    ({ classes, shape }) => `images of ${shape.join("x")} of the classes ${classes.join(", ")}`,
  );
  if (was === is) return data;
  throw new DatasetError(
    "damaged",
    `${data.name}: expected ${was}, on which the run was trained, got ${is}; name the folder of the run's own data`,
  );
};
