// A group whose processes are connected by an MPI library.
import { hostname } from "node:os";
import { setTimeout } from "node:timers/promises";
import koffi from "koffi";
import { abortAtExit } from "./abort-at-exit.js";
import { bindMpi, type Mpi } from "./binding.js";
import { checkBroadcast, checkExchange, checkExitCode, checkGather } from "./check-arguments.js";
import type { Group, OpenGroup } from "./group.js";
import { becomeMember, isStartedByMember, type Launcher } from "./launcher.js";
import { type Collective, openMailbox } from "./mailbox.js";
import { bytesOf, fixedMemory, overlap } from "./memory.js";
import { MpiError } from "./mpi-error.js";
import { inPieces, LARGEST_PIECE } from "./pieces.js";
import { rollCall } from "./roll-call.js";
import { waitUntil } from "./wait.js";
import { expectConnection, expectSameWorld, shortVersion } from "./world.js";

/** Memory that the library may still access. Referenced here so that it is not collected, even if no caller waits any more. */
const inFlight = new Set<readonly Uint8Array[]>();
/** Whether MPI is initialised, which is possible once in a process. */
let initialized = false;

/** Milliseconds for a launcher to read what this process has printed: MPICH's launcher drops the rest when it is notified of the abort. */
const PRINT_WITHIN = 200;
/** Seconds that MPI_Abort may take before the system ends this process. */
const ABORT_WITHIN = 10;
/**
 * Milliseconds in which no rank calls the library, before all finalise. In MPICH over UCX, MPI_Finalize sends each other rank a message and
 * waits for the answer, then waits for all ranks without answering any more. A rank whose message was answered before the other called MPI_Finalize
 * itself may leave the other without an answer, for ever.
 */
const SILENCE = 300;
const alarm: (seconds: number) => number = koffi.load(null).func("alarm", "uint", ["uint"]);

const initialize = (mpi: Mpi, launcher: Launcher | undefined) => {
  if (initialized || mpi.isInitialized())
    throw new MpiError(
      "failed",
      "expected one group in a process, got another one; MPI can be initialized once",
    );
  initialized = true;
  becomeMember();
  mpi.init();
  const [rank, size] = [mpi.rank(), mpi.size()];
  try {
    expectSameWorld(launcher, size, `${shortVersion(mpi.version())} (${mpi.file})`);
  } catch (error) {
    mpi.finalize();
    throw error;
  }
  return { rank, size };
};

interface MpiGroupOptions {
  launcher: Launcher | undefined;
  patience: number;
  /** Bytes of the largest call to the library. */
  largestPiece?: number;
}

export const openMpiGroup = async ({
  launcher,
  patience,
  largestPiece = LARGEST_PIECE,
}: MpiGroupOptions): Promise<OpenGroup> => {
  if (isStartedByMember())
    throw new MpiError(
      "wrong-launcher",
      "expected a process that a launcher started, got one that a process of a group started; pass { alone: true }",
    );
  expectConnection(launcher);
  const mpi = bindMpi(launcher);
  const { rank, size } = initialize(mpi, launcher);
  const ranks: OpenGroup["ranks"][number][] = [];
  const calls = rollCall({ rank, size, patience, mailbox: openMailbox(mpi, rank), places: () => ranks });

  let state: "open" | "closing" | "closed" = "open";
  let failure: unknown;
  // The first collective is the one in this function.
  let number = -1;
  let last: Promise<unknown> = Promise.resolve();

  /** Runs a collective after all earlier ones, and only if these succeeded: after a failure the positions of the other ranks are unknown. */
  const inOrder = <T>(collective: Collective, run: () => Promise<T>): Promise<T> => {
    if (state !== "open")
      return Promise.reject(
        new MpiError(
          "closed",
          `${collective}: expected an open group, got one that is ${state}; close it last`,
        ),
      );
    if (collective === "close") state = "closing";
    const result = last.then(async () => {
      if (failure) throw failure;
      number++;
      try {
        return await run();
      } catch (error) {
        failure = error;
        throw error;
      }
    });
    last = result.catch(() => {});
    return result;
  };

  /** Starts one call to the library and waits for its end. */
  const complete = async (
    collective: Collective,
    memory: readonly Uint8Array[],
    start: (request: Uint8Array) => void,
  ): Promise<void> => {
    const request = fixedMemory(8);
    const held = [...memory, request];
    inFlight.add(held);
    start(request);
    const bytes = memory.reduce((sum, { byteLength }) => sum + byteLength, 0);
    await waitUntil(() => mpi.isDone(request), { bytes, onTurn: calls.watch({ collective, number }) });
    inFlight.delete(held);
  };

  /** The bytes to send; a copy if they overlap the received ones. */
  const toSend = (sent: ArrayBufferView, received: ArrayBufferView): Uint8Array =>
    overlap(sent, received) ? bytesOf(sent).slice() : bytesOf(sent);

  const end = (code: number): never => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PRINT_WITHIN);
    // If the launcher cannot be reached, MPI_Abort may wait for it.
    alarm(ABORT_WITHIN);
    mpi.abort(code);
    process.exit(code);
  };
  const stayAtExit = abortAtExit(rank, end);

  const group: Group = {
    rank,
    size,
    async exchange(values, received) {
      checkExchange(size, values, received);
      await inOrder("exchange", () =>
        inPieces(
          toSend(values, received),
          bytesOf(received),
          { sent: size, received: size },
          (from, to) =>
            complete("exchange", [from, to], (request) => mpi.startExchange(from, to, size, request)),
          largestPiece,
        ),
      );
    },
    async gather(mine, all) {
      checkGather(size, mine, all);
      await inOrder("gather", () =>
        inPieces(
          toSend(mine, all),
          bytesOf(all),
          { sent: 1, received: size },
          (from, to) => complete("gather", [from, to], (request) => mpi.startGather(from, to, size, request)),
          largestPiece,
        ),
      );
    },
    async broadcast(bytes) {
      checkBroadcast(bytes);
      const memory = bytesOf(bytes);
      await inOrder("broadcast", async () => {
        let start = 0;
        do {
          const piece = memory.subarray(start, start + largestPiece);
          await complete("broadcast", [piece], (request) => mpi.startBroadcast(piece, request));
          start += largestPiece;
        } while (start < memory.byteLength);
      });
    },
    barrier: () => inOrder("barrier", () => complete("barrier", [], (request) => mpi.startBarrier(request))),
    abort(code) {
      checkExitCode(code);
      return end(code);
    },
    close: () =>
      inOrder("close", async () => {
        const here = { collective: "close", number } as const;
        await waitUntil(calls.leave(here), { onTurn: calls.watch(here) });
        stayAtExit();
        if (size > 1 && /MPICH/.test(mpi.version())) await setTimeout(SILENCE);
        mpi.finalize();
        state = "closed";
      }),
  };

  // Collects host and process of each rank, for errors and for choosing the number of threads.
  const longest = 512;
  const mine = fixedMemory(longest);
  new TextEncoder().encodeInto(JSON.stringify([process.pid, hostname()]), mine);
  const all = fixedMemory(longest * size);
  await group.gather(mine, all);
  const found = Array.from({ length: size }, (_, i): [pid: number, host: string] =>
    JSON.parse(
      Buffer.from(all.subarray(i * longest, (i + 1) * longest))
        .toString()
        .replace(/\0+$/, ""),
    ),
  );
  const onHost = new Map<string, number>();
  for (const [pid, host] of found) {
    const localRank = onHost.get(host) ?? 0;
    onHost.set(host, localRank + 1);
    ranks.push({ host, pid, localRank, localSize: found.filter(([, other]) => other === host).length });
  }

  return { ...group, ranks, launcher, library: { version: shortVersion(mpi.version()), file: mpi.file } };
};
