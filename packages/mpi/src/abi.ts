// Differences between MPI libraries when called without their header: the C type of a handle, and the values of a dozen constants.
import { realpathSync } from "node:fs";
import { basename } from "node:path";
import koffi, { type LibraryHandle } from "koffi";

/** A communicator, a datatype or an error handler. */
type Handle = number | bigint;

export interface Abi {
  /** C type of MPI_Comm, MPI_Datatype, MPI_Errhandler and MPI_Request. */
  readonly handle: "int" | "intptr_t";
  /** MPI_COMM_WORLD */
  readonly world: Handle;
  /** MPI_BYTE */
  readonly byte: Handle;
  /** MPI_ERRORS_RETURN */
  readonly errorsReturn: Handle;
  /** MPI_STATUS_IGNORE, an address */
  readonly statusIgnore: number;
  /** MPI_ANY_SOURCE */
  readonly anySource: number;
  /** MPI_THREAD_FUNNELED: one thread of several calls MPI. */
  readonly threadFunneled: number;
}

/** The ABI of MPICH since 3.1, shared by Intel MPI, MVAPICH and Cray MPICH: handles are integers. */
const MPICH: Abi = {
  handle: "int",
  world: 0x44000000,
  byte: 0x4c00010d,
  errorsReturn: 0x54000001,
  statusIgnore: 1,
  anySource: -2,
  threadFunneled: 1,
};

/** The standard ABI of MPI 5: handles are pointers that hold small integers. https://www.mpi-forum.org/docs/, "Application Binary Interface" */
const STANDARD: Abi = {
  handle: "intptr_t",
  world: 0x101,
  byte: 0x247,
  errorsReturn: 0x143,
  statusIgnore: 0,
  anySource: -1,
  threadFunneled: 1024,
};

/** The ABI of Open MPI: handles are addresses of the library's variables. */
const openMpi = (symbol: (name: string) => bigint): Abi => ({
  handle: "intptr_t",
  world: symbol("ompi_mpi_comm_world"),
  byte: symbol("ompi_mpi_byte"),
  errorsReturn: symbol("ompi_mpi_errors_return"),
  statusIgnore: 0,
  anySource: -1,
  threadFunneled: 1,
});

const resolved = (file: string): string => {
  try {
    return realpathSync(file);
  } catch {
    return file; // A name that the loader looks up.
  }
};

/** The ABI of a loaded library. Both libraries of MPICH 5 export the standard's functions, so the file's name decides between their ABIs. */
export const abiOf = (library: LibraryHandle, file: string): Abi => {
  const symbol = (name: string): bigint => koffi.address(library.symbol(name));
  try {
    symbol("ompi_mpi_comm_world");
  } catch {
    return /^libmpi_abi\./.test(basename(resolved(file))) ? STANDARD : MPICH;
  }
  return openMpi(symbol);
};
