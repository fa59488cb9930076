// Finds missing ranks when a collective takes too long: the rank that has waited longest asks all others for their positions. Ranks that also
// wait answer; ranks that have died, are stopped or cannot be reached do not.
import type { RankInfo } from "./group.js";
import type { Mailbox, Position } from "./mailbox.js";
import { MpiError, PatienceError } from "./mpi-error.js";

/** Milliseconds between checks for messages, and (below) for answers to a question. */
const LOOK_EVERY = 100;
const ANSWER_WITHIN = 2000;

interface RollCallOptions {
  rank: number;
  size: number;
  /** Milliseconds. */
  patience: number;
  mailbox: Mailbox;
  /** Hosts and processes of the ranks; unknown while the group is being opened. */
  places: () => readonly RankInfo[];
}

const list = (ranks: readonly number[], places: readonly RankInfo[]): string =>
  ranks
    .map((rank) => {
      const place = places[rank];
      return place ? `rank ${rank} (process ${place.pid} on ${place.host})` : `rank ${rank}`;
    })
    .join(", ");

const at = ({ collective, number }: Position): string => `${collective} number ${number}`;

export const rollCall = ({ rank, size, patience, mailbox, places }: RollCallOptions) => {
  /** The next collective that each rank that has left would have called, by rank. */
  const left = new Map<number, number>();
  const others = [...Array(size).keys()].filter((other) => other !== rank);

  const readMail = (here: Position, answers: Map<number, Position>): void => {
    for (let message = mailbox.receive(); message; message = mailbox.receive()) {
      const { kind, from, number, about } = message;
      if (kind === "closing") left.set(from, number);
      if (kind === "question") mailbox.send("answer", from, here, about);
      if (kind === "answer" && about === here.number) answers.set(from, message);
    }
  };

  const fail = (here: Position, answers: ReadonlyMap<number, Position>): never => {
    const missing = others.filter((other) => !answers.has(other) && !left.has(other));
    const elsewhere = others.filter((other) => {
      const there = answers.get(other);
      return there?.number === here.number && there.collective !== here.collective;
    });
    const took = `${at(here)} took longer than ${patience / 1000} s`;
    const start = "start all processes again";
    if (missing.length > 0)
      throw new PatienceError(
        here.collective,
        missing,
        `${took}: no answer from ${list(missing, places())}, which died, stopped, cannot be reached or computes for longer than that; ${start}, with a longer patience if it was only slow`,
      );
    const [other] = elsewhere;
    const why =
      other === undefined
        ? "every rank is there, so the network is slow or the lengths differ; pass a longer patience"
        : `rank ${other} is in ${at(answers.get(other)!)}; call the same collectives in the same order on every rank`;
    throw new PatienceError(here.collective, [], `${took}: ${why}`);
  };

  return {
    /** Handles messages, and throws an error once patience is exceeded. Called with the milliseconds of waiting in `here`. */
    watch(here: Position): (waited: number) => void {
      const answers = new Map<number, Position>();
      let next = LOOK_EVERY;
      let asked = false;
      return (waited) => {
        if (waited < next && waited < patience) return;
        next = waited + LOOK_EVERY;
        readMail(here, answers);
        for (const [other, number] of left)
          if (here.collective !== "close" && number <= here.number)
            throw new MpiError(
              "closed",
              `expected all ranks in ${at(here)}, got none from ${list([other], places())}, which has closed its group; call the same collectives on every rank`,
            );
        if (waited < patience) return;
        if (!asked) for (const other of others) mailbox.send("question", other, here);
        asked = true;
        const complete = others.every((other) => answers.has(other) || left.has(other));
        if (complete || waited > patience + ANSWER_WITHIN) fail(here, answers);
      };
    },
    /** Tells all ranks that this one leaves; the result returns whether all ranks have said so. */
    leave(here: Position): () => boolean {
      for (const other of others) mailbox.send("closing", other, here);
      const nobody = new Map<number, Position>();
      return () => {
        readMail(here, nobody);
        return left.size === others.length && mailbox.isSent();
      };
    },
  };
};
