// Successive halving (Jamieson and Talwalkar, 2016), by thirds as in Hyperband (Li et al., 2018): all combinations train a quarter of the epochs, and
// the best third goes on at each further quarter, with those that tie with the last of it.

import type { LoggedEvent } from "@mlpconv/trainer";
import { selectionAccuracy } from "@mlpconv/trainer";
import { median } from "./statistics.js";

/** The epochs after which the worse two thirds are stopped, and last those of a whole run: quarters, where there are so many epochs. */
export const rungsOf = (epochs: number): number[] => [
  ...new Set([1, 2, 3, 4].map((quarter) => Math.floor((epochs * quarter) / 4)).filter((rung) => rung >= 1)),
];

/** The best accuracy on the held-out images up to an epoch, as it chooses best.safetensors; undefined where none was tested. */
export const bestUntil = (events: readonly LoggedEvent[], epoch: number): number | undefined => {
  const accuracies = events.flatMap((event) =>
    event.type === "epoch" && event.epoch <= epoch ? (selectionAccuracy(event) ?? []) : [],
  );
  return accuracies.length === 0 ? undefined : Math.max(...accuracies);
};

/** A combination at a rung: its runs' accuracies, undefined for a run that failed. */
export interface Contender<T> {
  of: T;
  accuracies: readonly (number | undefined)[];
}

/** Contenders from the best to the worst by their median, with equal ones in their order; one with a failed run is last, and has no accuracy. */
export const ranked = <T>(contenders: readonly Contender<T>[]): { of: T; accuracy: number | undefined }[] =>
  contenders
    .map(({ of, accuracies }) => {
      const all = accuracies.filter((accuracy) => accuracy !== undefined);
      return { of, accuracy: all.length < accuracies.length ? undefined : median(all) };
    })
    .sort((a, b) => (b.accuracy ?? -1) - (a.accuracy ?? -1));

/**
 * How many of the ranked ones go on: the best third, and all that tie with the last of it, because the order of ties means nothing, as when no
 * combination has begun to learn. By halves, 12 runs need 48 % of the epochs of all and, with the start of each process, more than half of the time.
 */
export const goingOn = (places: readonly { accuracy: number | undefined }[]): number => {
  const third = Math.ceil(places.length / 3);
  const last = places[third - 1]?.accuracy;
  const tied = places.slice(third).filter(({ accuracy }) => accuracy !== undefined && accuracy === last);
  return third + tied.length;
};
