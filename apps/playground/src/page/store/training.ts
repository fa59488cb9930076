// Training as the page follows it: one run of steps at a time, looks at the networks in between, and what a screen reader is told of both.
import { batch, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Look, Progress, Session } from "../../session/session.js";
import type { Text } from "../text/en.js";
import type { Notice } from "./notices.js";
import { createStandings } from "./standings.js";

/** What training is doing. "closed": no network is open, because opening failed. */
export type Phase = "opening" | "closed" | "paused" | "training" | "ended";

/** Milliseconds between two looks at a network in training, and the share of time that looks may take. */
const lookEvery = 700;
const lookShare = 0.1;

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

export interface TrainingOptions {
  session: Pick<Session, "train" | "step" | "pause" | "look">;
  phase: Signal<Phase>;
  text: ReadonlySignal<Text>;
  say(kind: Notice["kind"], message: string): void;
  /** Tells the reader of an error. */
  fail(error: unknown): void;
  /** Makes networks that cannot start as they are ready for it. @returns false if that failed; undefined if there is nothing to do */
  prepare(): Promise<boolean> | undefined;
  /** Whether the looks at a network are shown now. */
  isShown(): boolean;
  /** Calls back before the next frame is drawn. */
  nextFrame(callback: () => void): void;
}

export const createTraining = ({
  session,
  phase,
  text,
  say,
  fail,
  prepare,
  isShown,
  nextFrame,
}: TrainingOptions) => {
  const { standings, ...progressed } = createStandings(nextFrame);
  const looks = signal<readonly (Look | undefined)[]>([]);
  /** The network whose figures are shown where there is room for one. */
  const shown = signal(0);
  /** What a screen reader is told about training. */
  const announcement = signal("");
  /** Counts openings and resets, so that what a Worker says late about a former one is left out. */
  let generation = 0;
  let running: Promise<unknown> | undefined;
  /** Whether a start is under way, so that another one meanwhile does nothing. */
  let beginning = false;
  let broken = false;

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
  const look = async (network?: number): Promise<void> => {
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
      if (isShown()) await look(shown.peek());
      await wait(Math.max(lookEvery, (performance.now() - from) / lookShare));
    }
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

  const begin = async (work: Session["train"], said?: string): Promise<void> => {
    if (running || beginning || phase.peek() === "opening") return;
    beginning = true;
    try {
      // Without a wait where there is nothing to do, so that the page says at once that it trains.
      const preparing = prepare();
      if (preparing && !(await preparing)) return;
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

  return {
    standings,
    looks,
    shown,
    announcement,
    look,
    start: () => begin((onProgress) => session.train(onProgress), text.peek().said.training),
    step: () => begin((onProgress) => session.step(onProgress)),
    pause: async (): Promise<void> => {
      if (running) await session.pause().catch(fail);
    },
    /** Ends training, if there is any, and waits for its end. */
    halt: async (): Promise<void> => {
      if (!running) return;
      await session.pause();
      await running;
    },
    /** Begins anew: with so many networks of so many steps an epoch. */
    clear: (stepsPerEpoch: readonly number[]): void => {
      generation++;
      broken = false;
      batch(() => {
        progressed.clear(stepsPerEpoch);
        looks.value = standings.peek().map(() => undefined);
        if (shown.peek() >= progressed.count()) shown.value = 0;
      });
    },
    /** Whether training has failed, so that engine and networks must be opened anew. */
    isBroken: () => broken,
    /** Whether nothing would be lost by opening anew. */
    isUntouched: () => !running && progressed.steps() === 0,
  };
};
