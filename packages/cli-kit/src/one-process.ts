// A program as one of many that a launcher started: commands that are for one process, because all would do the same work and write the same
// files, and the end of a process that fails before it has joined the others.
import {
  aloneFix,
  detectLauncher,
  hasJoined,
  isChildOfLauncher,
  isFirstOfMachine,
  type Launcher,
  MpiError,
  openGroup,
} from "@mlpconv/mpi";
import { type Group, gatherJson } from "@mlpconv/trainer";
import { describeError, ElsewhereError, exitCodeOf, UsageError } from "./errors.js";

/** Commands that support several processes. */
const forMany: readonly string[] = ["train", "engines"];

/**
 * @throws UsageError in the first of several processes, for a command that supports only one; ElsewhereError in the others, which print nothing
 */
export const checkOneProcess = (
  command: string,
  launcher: Pick<Launcher, "name" | "size"> | undefined = detectLauncher(),
): void => {
  if (!launcher || launcher.size === 1 || forMany.includes(command)) return;
  throw new UsageError(command, [
    `expected one process, got ${launcher.size}, started by ${launcher.name}; start ${command} without it, or by ${launcher.name} -n 1${aloneFix()}`,
  ]);
};

/** The failure of a process, as sent to the others. */
interface Failure {
  message: string;
  code: number;
}

/** How the work of one process ended, and what it printed to stderr meanwhile. */
interface Outcome {
  failure?: Failure;
  lines: string[];
}

/**
 * Tells all processes of a group how each one's work ended: each calls this at the same place.
 *
 * @param error what failed here, if anything
 * @param lines what was printed here
 */
export const gatherOutcomes = (
  group: Pick<Group, "size" | "gather">,
  error: unknown,
  lines: string[] = [],
): Promise<Outcome[]> =>
  gatherJson<Outcome>(group, {
    ...(error !== undefined && { failure: { message: describeError(error), code: exitCodeOf(error) } }),
    lines,
  });

/** Time in which the others join, in milliseconds. */
const patience = 60_000;

/**
 * Time in which a launcher ends the others after process 0 has failed, in milliseconds: what fails in all is then printed once. Open MPI sends
 * SIGTERM, which is ignored shortly after another signal, and a second later SIGKILL.
 */
const endedWithin = 3000;
// So that the others do not print all at once where process 0 did not fail.
const apart = 400;
const mostApart = 10;

/** Waits before a process prints an error that process 0 may have too. Process 0 does not wait. */
export const waitForFirst = async (rank: number): Promise<void> => {
  if (rank === 0) return;
  await new Promise((done) => setTimeout(done, endedWithin + apart * Math.min(rank - 1, mostApart)));
};

/** Whether this process prints what each process that a launcher started would print alike, such as a help text. */
export const speaksForAll = (isChild = isChildOfLauncher()): boolean =>
  !isChild || (detectedLauncher()?.rank ?? 0) === 0;

/**
 * Prints what a program failed with and ends the other processes of the launcher, if this one had not joined them: they may wait for it where they
 * join, in the MPI library, which notices no end of a process that it does not know. Process 0 prints for all: its own error, or that of the
 * first that failed. Where the processes cannot join, the first process of each machine prints its own: the others have the same library.
 */
export const tellFailure = async (error: unknown, isChild = isChildOfLauncher()): Promise<void> => {
  const told = error instanceof ElsewhereError ? error.told : describeError(error);
  const { rank, size } = detectedLauncher() ?? { rank: 0, size: 1 };
  const isOther = rank > 0 && isChild;
  const tell = () => {
    if (told !== undefined) process.stderr.write(isOther ? `process ${rank}: ${told}\n` : `${told}\n`);
  };
  // At once, because the others may be late.
  if (rank === 0) tell();
  if (size === 1) return;
  let why = error;
  if (!hasJoined()) {
    try {
      const group = await openGroup({ patience });
      // Process 0 either fails here too, or hears of this in the first collective of its command, which is the same.
      await gatherOutcomes(group, error);
      return await group.close();
    } catch (problem) {
      why = problem;
    }
  }
  if (rank === 0 || (isOther && isOfMachine(why) && !isFirstOfMachine())) return;
  if (isOther) await waitForFirst(rank);
  tell();
};

/** Whether all processes of a machine fail so: they have the same library and launcher. */
const isOfMachine = (error: unknown): boolean =>
  error instanceof MpiError && (error.code === "no-library" || error.code === "wrong-launcher");

/** The launcher; none where its variables contradict each other, which is an error of its own. */
const detectedLauncher = (): Launcher | undefined => {
  try {
    return detectLauncher();
  } catch {
    return undefined;
  }
};
