// The processes that train one run together: a single one, or those that mpirun, mpiexec or srun started.
import { hostname } from "node:os";
import { ElsewhereError, gatherOutcomes, UsageError } from "@mlpconv/cli-kit";
import type { OpenGroup } from "@mlpconv/mpi";
import { differingField } from "@mlpconv/runs/node";
import { type Group, gatherJson } from "@mlpconv/trainer";
import { type Watch, watchStderr } from "./kept-stderr.js";

/** The processes of a run. All of them must call these functions in the same order. */
export interface Processes {
  /** Number of this process, from 0; process 0 prints and writes the run's folder. */
  readonly rank: number;
  readonly size: number;
  /** Undefined for a single process. */
  readonly group: Group | undefined;
  /** The MPI library with its version. */
  readonly library: string | undefined;
  /** Name of each process's machine. */
  readonly hosts: readonly string[];
  /** A process in words, with its machine: "process 1 (node2)". */
  nameOf(rank: number): string;
  /**
   * Runs each process's own work. A failure in one process is thrown in all. What several processes print to stderr meanwhile is printed once.
   *
   * @throws the error itself in the process where it occurred, ElsewhereError in the others
   */
  agreed<T>(work: () => T | Promise<T>): Promise<T>;
  /** Does the same in one process of each machine first, and then in its others: they find what the first one put on the disk. */
  firstOnMachine<T>(work: () => T | Promise<T>): Promise<T>;
  /** Runs `work` in process 0 and returns its result, a small JSON value, in every process. */
  fromFirst<T>(work: () => T | Promise<T>): Promise<T>;
  /** Collects a small JSON value of each process, by rank. */
  gathered<T>(value: T): Promise<T[]>;
  /**
   * Checks that every process has process 0's value.
   *
   * @param what it is, for the error: "the command line"
   * @param fix what to do where it is another
   * @throws UsageError naming the process and the first field that differs
   */
  same(what: string, value: object, fix?: string): Promise<void>;
  /** Marks an error that every process throws, or hears of, at this very place. */
  known<E extends Error>(error: E): E;
  /** Whether an error is marked so. */
  isKnown(error: unknown): boolean;
}

/** A single process, which agrees with no other. */
export const alone: Processes = {
  rank: 0,
  size: 1,
  group: undefined,
  library: undefined,
  hosts: [hostname()],
  nameOf: () => "this process",
  agreed: async (work) => work(),
  firstOnMachine: async (work) => work(),
  fromFirst: async (work) => work(),
  gathered: async (value) => [value],
  same: async () => {},
  known: (error) => error,
  isKnown: () => true,
};

/** The processes of an open group. */
export const processesOf = (
  group: Group,
  { library, ranks }: Pick<OpenGroup, "library" | "ranks">,
  watch: Watch = watchStderr,
): Processes => {
  const { rank, size } = group;
  const nameOf = (of: number) => `process ${of} (${ranks[of]!.host})`;
  const marked = new WeakSet<Error>();
  const known = <E extends Error>(error: E): E => {
    marked.add(error);
    return error;
  };

  const gathered = <T>(value: T): Promise<T[]> => gatherJson(group, value);

  const agreed: Processes["agreed"] = async (work) => {
    const { outcome, lines } = await watch(work, rank > 0);
    const outcomes = await gatherOutcomes(group, "error" in outcome ? outcome.error : undefined, lines);
    if (rank === 0) for (const line of linesOfOthers(outcomes)) process.stderr.write(`${line}\n`);
    if ("error" in outcome) throw known(outcome.error);
    const failed = outcomes.findIndex(({ failure }) => failure);
    if (failed < 0) return outcome.value;
    const { message, code } = outcomes[failed]!.failure!;
    throw known(new ElsewhereError(`${nameOf(failed)}: ${message}`, code));
  };

  /** The lines that process 0 did not print itself, each once, with the first process that did. */
  const linesOfOthers = ([first, ...others]: readonly { lines: readonly string[] }[]): string[] => {
    const printed = new Set(first!.lines);
    return others.flatMap(({ lines }, i) =>
      lines.flatMap((line) => {
        if (printed.has(line)) return [];
        printed.add(line);
        return [`${nameOf(i + 1)}: ${line}`];
      }),
    );
  };

  const firstOnMachine: Processes["firstOnMachine"] = async <T>(work: () => T | Promise<T>) => {
    const isFirst = ranks[rank]!.localRank === 0;
    const found = await agreed(async () => (isFirst ? { value: await work() } : undefined));
    const others = await agreed(async () => found ?? { value: await work() });
    return others.value;
  };

  return {
    rank,
    size,
    group,
    library: library?.version,
    hosts: ranks.map(({ host }) => host),
    nameOf,
    agreed,
    firstOnMachine,
    gathered,
    fromFirst: async <T>(work: () => T | Promise<T>) => {
      const value = await agreed(async () => (rank === 0 ? await work() : undefined));
      return (await gathered(value))[0] as T;
    },
    same: async (what, value, fix = "start all processes alike") => {
      const [first, ...others] = await gathered(value);
      for (const [i, other] of others.entries()) {
        const difference = differingField(first, other);
        if (!difference) continue;
        const { field, was, is } = difference;
        throw known(
          new UsageError("train", [
            `expected ${what} of ${nameOf(i + 1)} to be that of ${nameOf(0)}, got ${field} ${is}, not ${was}; ${fix}`,
          ]),
        );
      }
    },
    known,
    isKnown: (error) => error instanceof Error && marked.has(error),
  };
};
