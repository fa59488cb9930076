// The options of `playground`.
import {
  dataOption,
  datasetOption,
  flagReader,
  type OptionKind,
  type OptionValues,
  option,
  readOptions,
  runName,
  type TypedFlags,
} from "@mlpconv/cli-kit";
import { type DatasetList, datasets } from "@mlpconv/datasets";
import { onOff, wholeNumber } from "@mlpconv/runs";

/** The port where none was chosen: the same each time, because a browser keeps settings by address. */
export const usualPort = 7654;

const hostName: OptionKind<string> = {
  expected: "an address of this machine, such as 0.0.0.0 for all of them",
  read: (text) => (/^[a-z0-9:._-]+$/i.test(text) ? text : undefined),
};

const datasetWith = (known: DatasetList) => {
  const { help: _, ...row } = datasetOption(known);
  const names = known.map(({ name }) => name).join(", ");
  const otherwise = `that of the run, else ${known[0].name}, where it is on this machine`;
  return option({ ...row, help: `${names}, downloaded where it is not found (default: ${otherwise})` });
};

export const playgroundOptions = {
  run: option({
    flag: "--run <name>",
    kind: runName,
    help: "show the run in runs/<name>, also while train writes it",
  }),
  dataset: datasetWith(datasets),
  data: dataOption,
  port: option({
    flag: "--port <n>",
    kind: wholeNumber(0, 65_535),
    help: `port to serve on; 0: any that is free (default: ${usualPort}, else any that is free)`,
  }),
  host: option({
    flag: "--host <address>",
    kind: hostName,
    help: "address to serve on; from another machine the page has one thread, unless https is put in front (default: 127.0.0.1)",
    otherwise: "127.0.0.1",
  }),
  open: option({
    flag: "--no-open",
    kind: onOff,
    help: "do not open the browser, as is done at a terminal",
    otherwise: true,
  }),
};

/** The options as they are meant. */
export type PlaygroundRequest = OptionValues<typeof playgroundOptions>;

/** The options of a program that knows these data sets. */
export const playgroundOptionsWith = (known: DatasetList): typeof playgroundOptions => ({
  ...playgroundOptions,
  dataset: datasetWith(known),
});

/** @throws UsageError with every problem found */
export const readPlaygroundOptions = (typed: TypedFlags, known: DatasetList): PlaygroundRequest => {
  const reader = flagReader("playground");
  const request = readOptions(playgroundOptionsWith(known), typed, reader);
  reader.check();
  return request;
};
