// Fashion-MNIST with what is told of the search: warnings stay, progress is the live line.
import { type Dataset, fashionMnist } from "@mlpconv/datasets";
import type { Terminal } from "./terminal.js";

/** @throws DatasetError when it can be had nowhere; the signal's reason when that is aborted */
export const findData = (
  data: string | undefined,
  terminal: Terminal,
  signal?: AbortSignal,
): Promise<Dataset> =>
  fashionMnist({
    root: data,
    signal,
    onEvent: ({ type, message }) =>
      type === "warning" ? terminal.say(`warning: ${message}`) : terminal.live(() => message),
  });
