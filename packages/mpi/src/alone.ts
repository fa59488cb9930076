// A group of one process, for which no library is needed.
import { hostname } from "node:os";
import { checkBroadcast, checkExchange, checkExitCode, checkGather } from "./check-arguments.js";
import type { OpenGroup } from "./group.js";
import { MpiError } from "./mpi-error.js";

const copy = (from: ArrayBufferView, to: ArrayBufferView): void =>
  new Uint8Array(to.buffer, to.byteOffset, to.byteLength).set(
    new Uint8Array(from.buffer, from.byteOffset, from.byteLength),
  );

export const openAlone = (): OpenGroup => {
  let closed = false;
  const expectOpen = (collective: string): void => {
    if (closed)
      throw new MpiError(
        "closed",
        `${collective}: expected an open group, got one that is closed; close it last`,
      );
  };
  return {
    rank: 0,
    size: 1,
    ranks: [{ host: hostname(), pid: process.pid, localRank: 0, localSize: 1 }],
    launcher: undefined,
    library: undefined,
    async exchange(values, received) {
      checkExchange(1, values, received);
      expectOpen("exchange");
      copy(values, received);
    },
    async gather(mine, all) {
      checkGather(1, mine, all);
      expectOpen("gather");
      copy(mine, all);
    },
    async broadcast(bytes) {
      checkBroadcast(bytes);
      expectOpen("broadcast");
    },
    async barrier() {
      expectOpen("barrier");
    },
    abort(code) {
      checkExitCode(code);
      process.exit(code);
    },
    async close() {
      expectOpen("close");
      closed = true;
    },
  };
};
