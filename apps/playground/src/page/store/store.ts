// What the page knows, as signals, and what the reader can do. It draws nothing; a test gives it a Session of its own.
import { fashionMnistInfo } from "@mlpconv/datasets/info";
import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { ServedData } from "../../server/served.js";
import type { DataRequest, Opened, Session } from "../../session/session.js";
import { addressOf, readAddress, sameNetworks } from "../../state/address.js";
import { withAnother, withNetwork, withoutNetwork } from "../../state/networks.js";
import { type DataChoice, type Language, type PageState, plainNetwork } from "../../state/page-state.js";
import { type ChosenFor, type NetworkChoice, settingsOf } from "../../state/recipes.js";
import { atTourStep } from "../../state/tour.js";
import type { Inversion } from "../pictures/prepare.js";
import type { RunFolder } from "../run-folder.js";
import { en, type Text } from "../text/en.js";
import { zh } from "../text/zh.js";
import { createCosts, messageOf } from "./costs.js";
import { createNotices } from "./notices.js";
import { chosenForPictures, createOpener } from "./opener.js";
import { OutdatedError, withQuestions } from "./questions.js";
import { createTraining, type Phase } from "./training.js";
import { createWatched } from "./watched.js";

export interface StoreOptions {
  session: Session;
  /** The fragment of the page's address. */
  fragment: string;
  language: Language;
  /** Address of the data beside the page. */
  base: string;
  /** The facts of that data; undefined if there is none. */
  servedData(): Promise<ServedData | undefined>;
  /** Calls back before the next frame is drawn. */
  nextFrame(callback: () => void): void;
}

const texts: Record<Language, Text> = { en, zh };

export const createStore = ({
  session: worker,
  fragment,
  language,
  base,
  servedData,
  nextFrame,
}: StoreOptions) => {
  const start = readAddress(fragment, language, fashionMnistInfo);
  const state: Signal<PageState> = signal(start.state);
  const text: ReadonlySignal<Text> = computed(() => texts[state.value.language]);
  const { notices, say, dismiss } = createNotices();
  const phase = signal<Phase>("opening");
  const opened = signal<Opened | undefined>(undefined);
  let openings = 0;
  const session = withQuestions(worker, () => ({ number: openings, underWay: phase.peek() === "opening" }));
  const { watchedImages, watch, forget } = createWatched(session, state);
  /** The source whose files the reader is choosing; absent: that of the state. */
  const chosenSource = signal<DataChoice["source"] | undefined>(undefined);
  /** Whether pictures to try are inverted. */
  const inversion = signal<Inversion>("auto");
  /** The run whose folder is open. */
  const runFolder = signal<RunFolder | undefined>(undefined);

  const fail = (error: unknown) => {
    if (!(error instanceof OutdatedError)) say("error", messageOf(error));
  };

  for (const problem of start.problems) say("info", text.peek().addressProblem(problem));

  const info = computed(() => opened.value?.data ?? fashionMnistInfo);
  const opener = createOpener({
    session,
    state,
    text,
    say,
    base,
    servedData,
    chosenFor: () => chosenFor.peek(),
  });
  /** What settings depend on of the data that is open. */
  const chosenFor: ReadonlySignal<ChosenFor> = computed((): ChosenFor => {
    const own = state.value.data.source === "pictures" ? opener.ownData.value : undefined;
    return own?.source === "pictures" ? chosenForPictures(own) : { shape: info.value.shape };
  });
  const settings = computed(() => state.value.networks.map((choice) => settingsOf(choice, chosenFor.value)));
  const costs = createCosts(session, settings, info);
  const keyOfRequest = () => JSON.stringify([state.value.engine, state.value.networks, state.value.data]);
  const openedKey = signal("");
  /** Whether the reader has changed something that applies from the next start. */
  const changed = computed(() => phase.value !== "opening" && openedKey.value !== keyOfRequest());

  const training = createTraining({
    ...{ session, phase, text, say, fail, nextFrame },
    prepare: () =>
      changed.peek() || phase.peek() === "closed" || phase.peek() === "ended"
        ? reset().then(() => phase.peek() === "paused")
        : undefined,
    isShown: () => state.peek().view === "train",
  });
  const { announcement, look } = training;

  const open = async (): Promise<void> => {
    const mine = ++openings;
    await training.halt();
    phase.value = "opening";
    announcement.value = text.peek().said.opening;
    try {
      const found = await opener.open();
      if (mine !== openings) return;
      opener.loading.value = undefined;
      batch(() => {
        forget();
        opened.value = found;
        openedKey.value = keyOfRequest();
        phase.value = "paused";
      });
      training.clear(found.stepsPerEpoch);
      announcement.value = text.peek().said.ready;
      await watch(found.data);
      await look();
    } catch (error) {
      if (mine !== openings) return;
      fail(error);
      phase.value = "closed";
    }
  };

  /** Networks as at the beginning, with the settings of now. */
  const reset = async (): Promise<void> => {
    await training.halt();
    if (changed.peek() || training.isBroken() || phase.peek() === "closed") return open();
    try {
      await session.reset();
      training.clear(opened.peek()?.stepsPerEpoch ?? []);
      phase.value = "paused";
      announcement.value = text.peek().said.reset;
      await look();
    } catch (error) {
      fail(error);
    }
  };

  /** Opens anew where that loses no training. */
  let openTimer: ReturnType<typeof setTimeout> | undefined;
  const openSoon = () => {
    clearTimeout(openTimer);
    openTimer = setTimeout(() => {
      if (changed.peek() && training.isUntouched() && phase.peek() !== "opening") void open();
    }, 400);
  };

  const setData = (data: DataChoice, own?: DataRequest) => {
    chosenSource.value = undefined;
    if (own) opener.setOwn(own);
    state.value = {
      ...state.peek(),
      data,
      // A few hundred pictures need a recipe of their own.
      ...(data.source === "pictures" &&
        opener.isUntouched() && { networks: [{ ...plainNetwork, preset: "pictures" as const }] }),
    };
    void open();
  };

  const change = (part: Partial<PageState>) => {
    state.value = { ...state.peek(), ...part };
    openSoon();
  };

  return {
    state,
    text,
    notices,
    phase,
    opened,
    standings: training.standings,
    looks: training.looks,
    costs,
    watchedImages,
    shown: training.shown,
    announcement,
    info,
    settings,
    chosenSource,
    inversion,
    runFolder,
    served: opener.served,
    loading: opener.loading,
    changed,
    session,
    say,
    fail,
    dismiss,
    open,
    change,
    setData,
    start: training.start,
    pause: training.pause,
    step: training.step,
    reset,
    setNetwork: (at: number, choice: NetworkChoice) =>
      change({ networks: withNetwork(state.peek().networks, at, choice) }),
    addNetwork: () => change({ networks: withAnother(state.peek().networks) }),
    removeNetwork: (at: number) => change({ networks: withoutNetwork(state.peek().networks, at) }),
    /** Goes to a step of the tour, whose settings apply at once; 0 leaves the tour and changes nothing else. */
    goToStep: async (tour: number): Promise<void> => {
      const before = state.peek();
      state.value = atTourStep(before, tour);
      if (!sameNetworks(before.networks, state.peek().networks)) await open();
    },
    watchImages: async (watched: readonly number[]) => {
      state.value = { ...state.peek(), watched };
      try {
        const found = opened.peek();
        if (!found) return;
        await watch(found.data);
        await look();
      } catch (error) {
        fail(error);
      }
    },
    /** Link to this page with the engine that computes, so that the same numbers come out. */
    link: (location: string): string => {
      const engine = opened.peek()?.engine.name;
      const { engine: chosen } = state.peek();
      const named = engine === "webgpu" || engine === "wasm" || engine === "cpu" ? engine : chosen;
      return `${location.split("#")[0]}#${addressOf({ ...state.peek(), engine: named })}`;
    },
    setInversion: (next: Inversion) => {
      inversion.value = next;
    },
    /** Opens one network; true when it is open. */
    openChoice: async (choice: NetworkChoice): Promise<boolean> => {
      state.value = { ...state.peek(), networks: [choice] };
      await open();
      return phase.peek() === "paused";
    },
    /** @returns layers that stay as they are, because the weights are for other classes */
    loadWeights: async (network: number, safetensors: Uint8Array): Promise<readonly string[]> => {
      await training.halt();
      const fresh = await session.load(network, safetensors);
      await look();
      return fresh;
    },
  };
};

export type Store = ReturnType<typeof createStore>;
