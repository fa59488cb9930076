// What the page knows, as signals, and what the reader can do. It draws nothing; a test gives it a Session of its own.
import { fashionMnistInfo } from "@mlpconv/datasets/info";
import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { ServedData } from "../../server/served.js";
import type { DataRequest, Look, Opened, Progress, Session } from "../../session/session.js";
import { addressOf, readAddress, sameNetworks } from "../../state/address.js";
import {
  type DataChoice,
  type Language,
  mostNetworks,
  type PageState,
  plainNetwork,
} from "../../state/page-state.js";
import { type ChosenFor, type NetworkChoice, settingsOf } from "../../state/recipes.js";
import { atTourStep } from "../../state/tour.js";
import type { Inversion } from "../pictures/prepare.js";
import type { RunFolder } from "../run-folder.js";
import { en, type Text } from "../text/en.js";
import { zh } from "../text/zh.js";
import { createCosts, messageOf } from "./costs.js";
import { createNotices } from "./notices.js";
import { chosenForPictures, createOpener } from "./opener.js";
import { createStandings } from "./standings.js";

/** What training is doing. "closed": no network is open, because opening failed. */
export type Phase = "opening" | "closed" | "paused" | "training" | "ended";

/** Images of the test set. */
export interface TestImages {
  indices: readonly number[];
  pixels: Uint8Array;
  labels: readonly number[];
}

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

/** Milliseconds between two looks at a network in training, and the share of time that looks may take. */
const lookEvery = 700;
const lookShare = 0.1;

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

export const createStore = ({ session, fragment, language, base, servedData, nextFrame }: StoreOptions) => {
  const start = readAddress(fragment, language, fashionMnistInfo);
  const state: Signal<PageState> = signal(start.state);
  const text: ReadonlySignal<Text> = computed(() => texts[state.value.language]);
  const { notices, say, dismiss } = createNotices();
  const phase = signal<Phase>("opening");
  const opened = signal<Opened | undefined>(undefined);
  const looks = signal<readonly (Look | undefined)[]>([]);
  const watchedImages = signal<TestImages | undefined>(undefined);
  /** The network whose figures are shown where there is room for one. */
  const shown = signal(0);
  /** What a screen reader is told about training. */
  const announcement = signal("");
  /** The source whose files the reader is choosing; absent: that of the state. */
  const chosenSource = signal<DataChoice["source"] | undefined>(undefined);
  /** Whether pictures to try are inverted. */
  const inversion = signal<Inversion>("auto");
  /** The run whose folder is open. */
  const runFolder = signal<RunFolder | undefined>(undefined);

  const fail = (error: unknown) => say("error", messageOf(error));

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

  // Training.

  const { standings, ...progressed } = createStandings(nextFrame);
  /** Counts openings and resets, so that what a Worker says late about a former one is left out. */
  let generation = 0;
  let running: Promise<unknown> | undefined;
  /** Whether training has failed, so that engine and networks are opened anew. */
  let broken = false;
  const clear = () => {
    generation++;
    batch(() => {
      progressed.clear(opened.peek()?.stepsPerEpoch ?? []);
      looks.value = standings.peek().map(() => undefined);
      if (shown.peek() >= progressed.count()) shown.value = 0;
    });
  };

  const progressOf = (of: number) => (progress: Progress) => {
    if (of !== generation) return;
    if (progress.type === "error") {
      broken = true;
      return say("error", progress.message);
    }
    if (progress.type === "end") return;
    progressed.add(progress);
    if (progress.type !== "epoch" || progress.testAccuracy === undefined) return;
    announcement.value = text.peek().said.epoch(progress.epoch, progress.testAccuracy);
  };

  /** Looks at a network, or at all. */
  const look = async (network?: number) => {
    const of = generation;
    for (let i = 0; i < progressed.count(); i++) {
      if (network !== undefined && i !== network) continue;
      const found = await session.look(i);
      if (of !== generation) return;
      looks.value = looks.peek().map((one, at) => (at === i ? found : one));
    }
  };

  const lookWhileTraining = async () => {
    while (phase.peek() === "training") {
      const from = performance.now();
      // Nothing of it is shown in the other views.
      if (state.peek().view === "train") await look(shown.peek());
      await wait(Math.max(lookEvery, (performance.now() - from) / lookShare));
    }
  };

  /** Ends training, if there is any, and waits for its end. */
  const halt = async () => {
    if (!running) return;
    await session.pause();
    await running;
  };

  const run = async (work: Session["train"], said: string | undefined) => {
    const of = generation;
    phase.value = "training";
    if (said !== undefined) announcement.value = said;
    try {
      const ended = await work(progressOf(of));
      progressed.flush();
      phase.value = ended === "ended" ? "ended" : "paused";
    } catch (error) {
      broken = true;
      fail(error);
      phase.value = "ended";
    }
    const { said: words } = text.peek();
    if (said !== undefined)
      announcement.value = phase.peek() === "ended" ? words.ended : words.paused(progressed.steps());
  };

  /** Whether a start is under way, so that another one meanwhile does nothing. */
  let beginning = false;
  const begin = async (work: Session["train"], said?: string) => {
    if (running || beginning || phase.peek() === "opening") return;
    beginning = true;
    try {
      if (changed.peek() || phase.peek() === "closed" || phase.peek() === "ended") {
        await reset();
        if (phase.peek() !== "paused") return;
      }
      running = run(work, said);
    } finally {
      beginning = false;
    }
    if (said !== undefined) lookWhileTraining().catch(fail);
    try {
      await running;
    } finally {
      running = undefined;
    }
    // The next start need not wait for it.
    await look().catch(fail);
  };

  // Opening.

  let openings = 0;
  const open = async (): Promise<void> => {
    const mine = ++openings;
    await halt();
    phase.value = "opening";
    broken = false;
    announcement.value = text.peek().said.opening;
    try {
      const found = await opener.open();
      if (mine !== openings) return;
      opener.loading.value = undefined;
      batch(() => {
        opened.value = found;
        openedKey.value = keyOfRequest();
        phase.value = "paused";
      });
      clear();
      announcement.value = text.peek().said.ready;
      await watch();
      await look();
    } catch (error) {
      if (mine !== openings) return;
      fail(error);
      phase.value = "closed";
    }
  };

  /** Networks as at the beginning, with the settings of now. */
  const reset = async (): Promise<void> => {
    await halt();
    if (changed.peek() || broken || phase.peek() === "closed") return open();
    try {
      await session.reset();
      clear();
      phase.value = "paused";
      announcement.value = text.peek().said.reset;
      await look();
    } catch (error) {
      fail(error);
    }
  };

  /** Images that are watched: those of the address, or the first of each class. */
  const watch = async () => {
    const { data } = opened.peek()!;
    const asked = state.peek().watched.filter((index) => index < data.test);
    let indices = asked;
    if (asked.length === 0) {
      const first = Array.from({ length: Math.min(100, data.test) }, (_, i) => i);
      const { labels } = await session.images(first);
      indices = data.classes
        .flatMap((_, label) => {
          const index = labels.indexOf(label);
          return index < 0 ? [] : [index];
        })
        .slice(0, 6);
    }
    await session.watch(indices);
    watchedImages.value = { indices, ...(await session.images(indices)) };
  };

  /** Opens anew where that loses no training. */
  let openTimer: ReturnType<typeof setTimeout> | undefined;
  const openSoon = () => {
    clearTimeout(openTimer);
    openTimer = setTimeout(() => {
      if (changed.peek() && !running && progressed.steps() === 0 && phase.peek() !== "opening") void open();
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
    standings,
    looks,
    costs,
    watchedImages,
    shown,
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
    start: () => begin((onProgress) => session.train(onProgress), text.peek().said.training),
    pause: async () => {
      if (running) await session.pause().catch(fail);
    },
    step: () => begin((onProgress) => session.step(onProgress)),
    reset,
    setNetwork: (at: number, choice: NetworkChoice) => {
      const [one, ...others] = state.peek().networks;
      change({
        networks: [at === 0 ? choice : one, ...others.map((other, i) => (at === i + 1 ? choice : other))],
      });
    },
    addNetwork: () => {
      const { networks } = state.peek();
      if (networks.length === mostNetworks) return;
      change({ networks: [...networks, { ...networks[0], changes: { ...networks[0].changes } }] });
    },
    removeNetwork: (at: number) => {
      const [one, ...others] = state.peek().networks.filter((_, i) => i !== at);
      if (one) change({ networks: [one, ...others] });
    },
    /** Goes to a step of the tour, whose settings apply at once; 0 leaves the tour and changes nothing else. */
    goToStep: async (tour: number): Promise<void> => {
      const before = state.peek();
      state.value = atTourStep(before, tour);
      if (!sameNetworks(before.networks, state.peek().networks)) await open();
    },
    watchImages: async (watched: readonly number[]) => {
      state.value = { ...state.peek(), watched };
      try {
        await watch();
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
    loadWeights: async (network: number, safetensors: Uint8Array) => {
      await halt();
      await session.load(network, safetensors);
      await look();
    },
  };
};

export type Store = ReturnType<typeof createStore>;
