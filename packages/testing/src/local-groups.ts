// Groups of "processes" that live in one process and talk through memory: for tests of what needs several ranks.
import type { Group } from "@mlpconv/mpi";

/** A group of `@mlpconv/mpi`. Its `abort` throws; whatever the other ranks wait for, or call later, is rejected with the same error. */
export type LocalGroup = Group;

/** The error of a group that one of its ranks aborted. */
export class LocalGroupAborted extends Error {
  constructor(
    readonly rank: number,
    readonly code: number,
  ) {
    super(`group: rank ${rank} aborted with code ${code}`);
    this.name = "LocalGroupAborted";
  }
}

interface Call {
  collective: string;
  input: Uint8Array;
  output: Uint8Array;
  resolve: () => void;
  reject: (error: Error) => void;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Copies what each rank gives to whom it is meant for, once all have made the same call. */
const complete = (calls: Call[]): void => {
  const { collective } = calls[0]!;
  for (const [rank, { collective: other }] of calls.entries())
    if (other !== collective) throw new Error(`group: rank 0 called ${collective}, rank ${rank} ${other}`);
  const lengths = calls.map(({ input }) => input.byteLength);
  if (lengths.some((length) => length !== lengths[0]))
    throw new Error(
      `group.${collective}: expected the same length on every rank, got ${lengths.join(", ")} bytes`,
    );
  const part = lengths[0]! / (collective === "exchange" ? calls.length : 1);
  // Copied first, because one rank's output may be the memory of another's input.
  const inputs = calls.map(({ input }) => input.slice());
  for (const [to, { output }] of calls.entries()) {
    if (collective === "broadcast") output.set(inputs[0]!);
    if (collective === "gather") for (const [from, input] of inputs.entries()) output.set(input, from * part);
    if (collective === "exchange")
      for (const [from, input] of inputs.entries())
        output.set(input.subarray(to * part, (to + 1) * part), from * part);
  }
};

/**
 * As many groups as there are to be ranks. A collective is done when all ranks have called it; a rank's calls are served in their order.
 * A rank that calls another collective than the rest, passes another length, or is closed while others wait makes all of them fail.
 */
export const localGroups = (size: number): LocalGroup[] => {
  const waiting: Call[][] = Array.from({ length: size }, () => []);
  const closed = new Set<number>();
  let failure: Error | undefined;

  const fail = (error: Error) => {
    failure ??= error;
    for (const calls of waiting) for (const { reject } of calls.splice(0)) reject(error);
  };

  const proceed = () => {
    while (waiting.every((calls) => calls.length > 0)) {
      const calls = waiting.map((queue) => queue.shift()!);
      try {
        complete(calls);
        for (const { resolve } of calls) resolve();
      } catch (error) {
        for (const { reject } of calls) reject(error as Error);
        fail(error as Error);
      }
    }
    const absent = waiting.findIndex((calls, rank) => calls.length === 0 && closed.has(rank));
    const call = waiting.flat()[0];
    if (absent >= 0 && call) fail(new Error(`group.${call.collective}: rank ${absent} has closed its group`));
  };

  return waiting.map((calls, rank) => {
    const call = (collective: string, input: Uint8Array, output: Uint8Array) =>
      new Promise<void>((resolve, reject) => {
        if (failure) return reject(failure);
        if (closed.has(rank)) return reject(new Error(`group.${collective}: the group is closed`));
        calls.push({ collective, input, output, resolve, reject });
        proceed();
      });
    return {
      rank,
      size,
      async exchange(values, received) {
        if (values.length !== received.length || values.length % size !== 0)
          throw new RangeError(
            `group.exchange: expected two arrays of one length, a multiple of ${size}, got ${values.length} and ${received.length}`,
          );
        await call("exchange", bytesOf(values), bytesOf(received));
      },
      async gather(mine, all) {
        if (all.byteLength !== size * mine.byteLength)
          throw new RangeError(
            `group.gather: expected ${size * mine.byteLength} bytes for the answers of ${size} ranks, got ${all.byteLength}`,
          );
        await call("gather", bytesOf(mine), bytesOf(all));
      },
      broadcast: (bytes) => call("broadcast", bytes, bytes),
      barrier: () => call("barrier", new Uint8Array(), new Uint8Array()),
      abort(code) {
        const error = new LocalGroupAborted(rank, code);
        fail(error);
        throw error;
      },
      async close() {
        closed.add(rank);
        proceed();
      },
    };
  });
};
