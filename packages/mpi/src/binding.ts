// The functions of an MPI library for TypeScript. Memory is passed by address: see memory.ts.
import koffi, { type LibraryHandle } from "koffi";
import { type Abi, abiOf } from "./abi.js";
import { libraryCandidates, libraryFix } from "./find-library.js";
import type { Launcher } from "./launcher.js";
import { addressOf, fixedMemory } from "./memory.js";
import { MpiError } from "./mpi-error.js";
import { leaveMemoryAlone } from "./quiet-memory.js";

/** Memory that holds one MPI_Request. */
export type Request = Uint8Array;

/** Tag of this package's messages outside of collectives; other code in the process could use other tags. */
const TAG = 1818;

const load = (launcher: Launcher | undefined): { file: string; library: LibraryHandle } => {
  leaveMemoryAlone();
  const tried: string[] = [];
  for (const file of libraryCandidates(launcher)) {
    try {
      // Open MPI's plug-ins look up symbols of its libraries in the global scope.
      return { file, library: koffi.load(file, { global: true, lazy: true }) };
    } catch (error) {
      tried.push(`${file} (${(error as Error).message.trim()})`);
    }
  }
  const started = launcher ? `${launcher.name} started this process as one of ${launcher.size}; ` : "";
  throw new MpiError(
    "no-library",
    `${started}expected the library of ${launcher?.family ?? "an MPI"}, got none of ${tried.join(", ")}; ${libraryFix(launcher?.family)}`,
  );
};

/** Binds the functions of a library; the library is loaded but not initialised. */
export const bindMpi = (launcher: Launcher | undefined) => {
  const { file, library } = load(launcher);
  const abi: Abi = abiOf(library, file);
  const { handle, world, byte } = abi;
  const address = "intptr_t";
  // Memory for the results of calls.
  const numbers = fixedMemory(64);
  const [first, second] = [new Int32Array(numbers.buffer, 0, 1), new Int32Array(numbers.buffer, 32, 1)];
  const text = fixedMemory(8192);

  const readText = (): string =>
    Buffer.from(text.subarray(0, text.indexOf(0)))
      .toString()
      .trim();
  const errorString = library.func("MPI_Error_string", "int", ["int", address, address]);
  const describeError = (status: number): string => {
    text.fill(0);
    const failed = errorString(status, addressOf(text), addressOf(first)) !== 0;
    return failed ? `error ${status}` : readText();
  };
  const bind = (name: string, ...types: string[]) => {
    const call = library.func(name, "int", types);
    return (...values: (number | bigint)[]): void => {
      const status: number = call(...values);
      if (status !== 0) throw new MpiError("failed", `${name}: ${describeError(status)}`);
    };
  };

  const calls = {
    init: bind("MPI_Init_thread", address, address, "int", address),
    initialized: bind("MPI_Initialized", address),
    setErrorHandler: bind("MPI_Comm_set_errhandler", handle, handle),
    version: bind("MPI_Get_library_version", address, address),
    rank: bind("MPI_Comm_rank", handle, address),
    size: bind("MPI_Comm_size", handle, address),
    alltoall: bind("MPI_Ialltoall", address, "int", handle, address, "int", handle, handle, address),
    allgather: bind("MPI_Iallgather", address, "int", handle, address, "int", handle, handle, address),
    bcast: bind("MPI_Ibcast", address, "int", handle, "int", handle, address),
    barrier: bind("MPI_Ibarrier", handle, address),
    test: bind("MPI_Test", address, address, address),
    send: bind("MPI_Isend", address, "int", handle, "int", "int", handle, address),
    probe: bind("MPI_Iprobe", "int", "int", handle, address, address),
    receive: bind("MPI_Recv", address, "int", handle, "int", "int", handle, address),
    abort: bind("MPI_Abort", handle, "int"),
    finalize: bind("MPI_Finalize"),
  };
  const numberFrom = (
    call: (...values: (number | bigint)[]) => void,
    ...values: (number | bigint)[]
  ): number => {
    call(...values, addressOf(first));
    return first[0]!;
  };
  const bytes = (memory: Uint8Array, parts = 1) =>
    [addressOf(memory), memory.byteLength / parts, byte] as const;

  return {
    file,
    /** The library's description of itself, for example "Open MPI v4.1.4, package: ...". May be called before `init`. */
    version(): string {
      calls.version(addressOf(text.fill(0)), addressOf(first));
      return readText();
    },
    isInitialized: (): boolean => numberFrom(calls.initialized) !== 0,
    init(): void {
      calls.init(0, 0, abi.threadFunneled, addressOf(first));
      calls.setErrorHandler(world, abi.errorsReturn);
    },
    rank: (): number => numberFrom(calls.rank, world),
    size: (): number => numberFrom(calls.size, world),
    startExchange: (sent: Uint8Array, received: Uint8Array, size: number, request: Request): void =>
      calls.alltoall(...bytes(sent, size), ...bytes(received, size), world, addressOf(request)),
    startGather: (mine: Uint8Array, all: Uint8Array, size: number, request: Request): void =>
      calls.allgather(...bytes(mine), ...bytes(all, size), world, addressOf(request)),
    startBroadcast: (memory: Uint8Array, request: Request): void =>
      calls.bcast(...bytes(memory), 0, world, addressOf(request)),
    startBarrier: (request: Request): void => calls.barrier(world, addressOf(request)),
    /** Gives the library time to work on all pending requests; returns whether this one is done. */
    isDone(request: Request): boolean {
      calls.test(addressOf(request), addressOf(first), abi.statusIgnore);
      return first[0] !== 0;
    },
    startSend: (message: Uint8Array, to: number, request: Request): void =>
      calls.send(...bytes(message), to, TAG, world, addressOf(request)),
    /** Receives a message from any rank if one has arrived. */
    receive(message: Uint8Array): boolean {
      calls.probe(abi.anySource, TAG, world, addressOf(second), abi.statusIgnore);
      if (second[0] === 0) return false;
      calls.receive(...bytes(message), abi.anySource, TAG, world, abi.statusIgnore);
      return true;
    },
    abort: (code: number): void => calls.abort(world, code),
    finalize: (): void => calls.finalize(),
  };
};

export type Mpi = ReturnType<typeof bindMpi>;
