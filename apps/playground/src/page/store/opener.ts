// Opens engine, data and networks as the page's state says, and something simpler where that cannot be had.
import { fashionMnistInfo } from "@mlpconv/datasets/info";
import { defaults } from "@mlpconv/runs/recipe";
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { ServedData } from "../../server/served.js";
import type { DataRequest, LoadingProgress, Opened, Session } from "../../session/session.js";
import { type DataChoice, firstNetwork, type PageState } from "../../state/page-state.js";
import { type ChosenFor, settingsOf } from "../../state/recipes.js";
import type { Text } from "../text/en.js";
import { messageOf } from "./costs.js";
import type { Notice } from "./notices.js";

type OwnPictures = Extract<DataRequest, { source: "pictures" }>;

/** What settings depend on of own pictures. */
export const chosenForPictures = ({ shape, labels }: Pick<OwnPictures, "shape" | "labels">): ChosenFor => ({
  shape,
  pictures: labels.length,
});

/** Whether an error is one of the engine, and not of the data or the network. */
const isOfEngine = (error: unknown): boolean => error instanceof Error && error.name === "EngineError";

export interface OpenerOptions {
  session: Pick<Session, "open">;
  state: Signal<PageState>;
  text: ReadonlySignal<Text>;
  say(kind: Notice["kind"], message: string): void;
  /** Address of the data beside the page. */
  base: string;
  /** The facts of that data; undefined if there is none. */
  servedData(): Promise<ServedData | undefined>;
  /** What settings depend on of the data that is open. */
  chosenFor(): ChosenFor;
}

export const createOpener = ({ session, state, text, say, base, servedData, chosenFor }: OpenerOptions) => {
  /** Own data, which no address can hold. */
  const ownData = signal<DataRequest | undefined>(undefined);
  /** The facts of the data beside the page. */
  const served = signal<ServedData | undefined>(undefined);
  /** How much of the data's files has come, while they are loaded. */
  const loading = signal<LoadingProgress | undefined>(undefined);
  let ownDataVersion = 0;
  let openedData = "";
  /** Whether "auto" is the CPU, because the GPU did not compute. */
  let withoutGpu = false;

  const requestOf = (data: DataChoice): DataRequest | undefined => {
    if (data.source === "synthetic") return data;
    if (data.source === "served") return { source: "files", base };
    if (data.source === "url") return { source: "files", base: data.base };
    return ownData.peek();
  };

  /** Whether the network is still the one that the page began with. */
  const isUntouched = () => JSON.stringify(state.peek().networks) === JSON.stringify([firstNetwork]);

  /** Asks what data is beside the page, and takes the network that is made for it if the address names none. */
  const askServed = async () => {
    if (served.peek()) return;
    served.value = await servedData();
    const found = served.peek();
    if (!found || found.name === fashionMnistInfo.name || !isUntouched()) return;
    state.value = { ...state.peek(), networks: [{ ...defaults({}, false, found), changes: {} }] };
  };

  const tryOpen = async (): Promise<Opened> => {
    if (state.peek().data.source === "served") {
      await askServed();
      if (!served.peek()) throw new Error(text.peek().noServedData);
    }
    const { data, networks, engine } = state.peek();
    const key = JSON.stringify([data, ownDataVersion]);
    const request = requestOf(data);
    const chosen =
      request?.source === "pictures"
        ? chosenForPictures(request)
        : key === openedData
          ? chosenFor()
          : ((data.source === "served" ? served.peek() : undefined) ?? fashionMnistInfo);
    const found = await session.open(
      {
        engine: engine === "auto" && withoutGpu ? "wasm" : engine,
        ...(key !== openedData && request && { data: request }),
        networks: networks.map((choice) => settingsOf(choice, chosen)),
      },
      ({ bytes, total }) => {
        loading.value = { bytes, ...(total !== undefined && { total }) };
      },
    );
    openedData = key;
    return found;
  };

  /** Takes synthetic garments where the files beside the page are missing, and the CPU where there is no GPU that computes. */
  const open = async (): Promise<Opened> => {
    try {
      return await tryOpen();
    } catch (error) {
      const { engine, data } = state.peek();
      if (engine === "auto" && !withoutGpu && isOfEngine(error)) {
        withoutGpu = true;
        say("info", text.peek().fellBackToWasm(messageOf(error)));
        return open();
      }
      if (data.source === "served" && openedData === "") {
        say("info", text.peek().fellBackToSynthetic(messageOf(error)));
        state.value = { ...state.peek(), data: { source: "synthetic", train: 2000, test: 500 } };
        return tryOpen();
      }
      throw error;
    }
  };

  return {
    ownData,
    served,
    loading,
    isUntouched,
    /** Takes other own data from the next opening on. */
    setOwn: (data: DataRequest): void => {
      ownData.value = data;
      ownDataVersion++;
    },
    open,
  };
};
