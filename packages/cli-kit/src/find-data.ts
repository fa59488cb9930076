// The images of a data set with what is told of the search: warnings stay, progress is the live line.
import type { Dataset, DatasetDescriptor } from "@mlpconv/datasets";
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
