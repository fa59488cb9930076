// What a comparison shows while it goes on: a line for each run, as a pure function.
import { duration, padEnd, rate } from "@mlpconv/cli-kit";
import { columnsOf, cutToColumns } from "@mlpconv/runs";
import type { LoggedEvent } from "@mlpconv/trainer";

/** Where a run of the comparison stands. */
export interface RunProgress {
  name: string;
  state: "waiting" | "running" | "stopped" | "testing speed" | "finished" | "failed";
  /** The newest of its log. */
  event?: LoggedEvent;
  /** All events of its log except steps. */
  milestones: LoggedEvent[];
  /** Accuracy of the last test. */
  testAccuracy?: number;
  /** The same on images that are held out. */
  validationAccuracy?: number;
  epochs?: number;
  stepsPerEpoch?: number;
  /** Seconds of the run so far. */
  seconds?: number;
}

/** Takes in the events that came into its log. */
export const advance = (progress: RunProgress, events: readonly LoggedEvent[]): void => {
  for (const event of events) {
    progress.event = event;
    // A log that was cut back to a checkpoint is told from its start again.
    if (event.type === "start") progress.milestones = [];
    if (event.type !== "step") progress.milestones.push(event);
    if (event.type === "start") {
      progress.epochs = event.epochs;
      progress.stepsPerEpoch = event.stepsPerEpoch;
    } else if (event.type === "change") progress.epochs = event.epochs;
    else if (event.type !== "step") {
      const { testAccuracy, validationAccuracy } = event;
      if (testAccuracy !== undefined) progress.testAccuracy = testAccuracy;
      if (validationAccuracy !== undefined) progress.validationAccuracy = validationAccuracy;
    }
  }
};

/** One line a run, none wider than `columns`. */
export const liveLines = (runs: readonly RunProgress[], columns: number): string[] => {
  const widest = Math.max(...runs.map(({ name }) => columnsOf(name)));
  return runs.map((run) =>
    cutToColumns(`${padEnd(run.name, widest)}  ${words(run).join("  ")}`.trimEnd(), columns - 1),
  );
};

/** The accuracy of the last test, of that on held-out images where there was no other. */
export const accuracyWords = ({
  testAccuracy,
  validationAccuracy,
}: Pick<RunProgress, "testAccuracy" | "validationAccuracy">): [name: string, accuracy: string][] => {
  if (testAccuracy !== undefined) return [["test", testAccuracy.toFixed(3)]];
  return validationAccuracy === undefined ? [] : [["validation", validationAccuracy.toFixed(3)]];
};

const words = (run: RunProgress): string[] => {
  const { state, event, epochs, stepsPerEpoch, seconds } = run;
  const parts: string[] = [];
  if (state === "running" && event?.type === "step" && epochs && stepsPerEpoch)
    parts.push(
      `epoch ${event.epoch}/${epochs} ${Math.floor((100 * event.stepInEpoch) / stepsPerEpoch)}%`.padEnd(14),
    );
  else parts.push((state === "running" && !event ? "starting" : state).padEnd(14));
  if (event && event.type !== "start" && event.type !== "change") {
    parts.push(`loss ${event.loss?.toFixed(3) ?? "none"}`, rate(event.examplesPerSecond));
    for (const [name, accuracy] of accuracyWords(run)) parts.push(`${name} acc ${accuracy}`);
  }
  if (seconds !== undefined) parts.push(duration(seconds));
  return parts;
};
