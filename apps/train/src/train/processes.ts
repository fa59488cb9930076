// The processes that train one run together, as a program sees them: one alone, or those that mpirun, mpiexec or srun started.
import { hostname } from "node:os";
import { describeError, ElsewhereError, exitCodeOf, UsageError } from "@mlpconv/cli-kit";
import type { OpenGroup } from "@mlpconv/mpi";
import { differingField } from "@mlpconv/runs/node";
import { type Group, gatherJson } from "@mlpconv/trainer";

/** The processes of a run. All of them call these functions in the same order. */
export interface Processes {
  /** This process, from 0; process 0 talks and writes the run's folder. */
  readonly rank: number;
  readonly size: number;
  /** Undefined for one process alone. */
  readonly group: Group | undefined;
  /** The MPI library and its version, in words. */
  readonly library: string | undefined;
  /** Name of each process's machine. */
  readonly hosts: readonly string[];
  /**
   * Does each process's own work. What fails on one fails on all.
   *
   * @throws the error itself on the process that it happened on, ElsewhereError on the others
   */
  agreed<T>(work: () => T | Promise<T>): Promise<T>;
  /** What `work` gives on process 0, on every process: a small value of JSON. */
  fromFirst<T>(work: () => T | Promise<T>): Promise<T>;
  /** What each process has, by rank: a small value of JSON. */
  gathered<T>(value: T): Promise<T[]>;
  /**
   * Checks that every process has process 0's value.
   *
   * @param what it is, for the error: "the command line"
   * @throws UsageError naming the process and the first field that differs
   */
  same(what: string, value: object): Promise<void>;
  /** Marks an error that every process throws, or hears of, at this very place. */
  known<E extends Error>(error: E): E;
  /** Whether an error is so marked. */
  isKnown(error: unknown): boolean;
}

/** One process, for which nothing is to be agreed. */
export const alone: Processes = {
  rank: 0,
  size: 1,
  group: undefined,
  library: undefined,
  hosts: [hostname()],
  agreed: async (work) => work(),
  fromFirst: async (work) => work(),
  gathered: async (value) => [value],
  same: async () => {},
  known: (error) => error,
  isKnown: () => true,
};

/** The processes of a group that was opened. */
export const processesOf = (
  group: Group,
  { library, ranks }: Pick<OpenGroup, "library" | "ranks">,
): Processes => {
  const { rank, size } = group;
  const marked = new WeakSet<Error>();
  const known = <E extends Error>(error: E): E => {
    marked.add(error);
    return error;
  };

  const gathered = <T>(value: T): Promise<T[]> => gatherJson(group, value);

  const agreed: Processes["agreed"] = async (work) => {
    const outcome = await settled(work);
    const failures = await gathered(
      "error" in outcome
        ? { message: describeError(outcome.error), code: exitCodeOf(outcome.error) }
        : undefined,
    );
    if ("error" in outcome) throw known(outcome.error);
    const failed = failures.findIndex((failure) => failure);
    if (failed < 0) return outcome.value;
    const { message, code } = failures[failed]!;
    throw known(new ElsewhereError(`process ${failed}: ${message}`, code));
  };

  return {
    rank,
    size,
    group,
    library: library?.version,
    hosts: ranks.map(({ host }) => host),
    agreed,
    gathered,
    fromFirst: async <T>(work: () => T | Promise<T>) => {
      const value = await agreed(async () => (rank === 0 ? await work() : undefined));
      return (await gathered(value))[0] as T;
    },
    same: async (what, value) => {
      const [first, ...others] = await gathered(value);
      for (const [i, other] of others.entries()) {
        const difference = differingField(first, other);
        if (!difference) continue;
        const { field, was, is } = difference;
        throw known(
          new UsageError("train", [
            `expected ${what} of process ${i + 1} to be that of process 0, got ${field} ${is}, not ${was}; start all processes alike`,
          ]),
        );
      }
    },
    known,
    isKnown: (error) => error instanceof Error && marked.has(error),
  };
};

const settled = async <T>(work: () => T | Promise<T>): Promise<{ value: T } | { error: Error }> => {
  try {
    return { value: await work() };
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }
};
