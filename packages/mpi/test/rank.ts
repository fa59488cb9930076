// One rank of the tests: does what its first argument names. Each line that it prints begins with its rank.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describeGroup, detectLauncher, type OpenGroup, openGroup } from "../src/index.js";
import { openMpiGroup } from "../src/mpi-group.js";

/** Names of scenarios, separated by commas, and an argument for them. */
const [names = "", argument = ""] = process.argv.slice(2);
const patience = Number(process.env.TEST_PATIENCE ?? 20_000);
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const expectEqual = (what: string, actual: ArrayLike<number>, expected: (i: number) => number): void => {
  for (let i = 0; i < actual.length; i++)
    if (actual[i] !== expected(i))
      throw new Error(`${what}: at ${i} expected ${expected(i)}, got ${actual[i]}`);
};

/** A value that tells rank and place. */
const value = (rank: number, i: number): number => rank * 1000 + (i % 997);

const exchange = async ({ rank, size, exchange }: OpenGroup, part: number) => {
  const values = Float32Array.from({ length: part * size }, (_, i) => value(rank, i));
  const received = new Float32Array(part * size);
  await exchange(values, received);
  expectEqual(`exchange of ${part}`, received, (i) => value(Math.floor(i / part), rank * part + (i % part)));
};

const gather = async ({ rank, size, gather }: OpenGroup, length: number) => {
  const all = new Float64Array(length * size);
  await gather(
    Float64Array.from({ length }, (_, i) => value(rank, i)),
    all,
  );
  expectEqual(`gather of ${length}`, all, (i) => value(Math.floor(i / length), i % length));
};

const broadcast = async ({ rank, broadcast }: OpenGroup, length: number) => {
  const bytes = Uint8Array.from({ length }, (_, i) => (rank === 0 ? i * 7 : 255));
  await broadcast(bytes);
  expectEqual(`broadcast of ${length}`, bytes, (i) => (i * 7) % 256);
};

const scenarios: Record<string, (group: OpenGroup) => Promise<void>> = {
  async collectives(group) {
    // Of no length, on V8's heap, and larger than what libraries send at once.
    for (const length of [0, 1, 3, 100, 70_000]) {
      await exchange(group, length);
      await gather(group, length);
      await broadcast(group, length);
    }
    await group.barrier();
    console.log(group.rank, describeGroup(group), JSON.stringify(group.ranks[group.rank]));
  },
  async large(group) {
    await exchange(group, 1_500_000);
    await broadcast(group, 24_000_000);
    await gather(group, 500_000);
  },
  /** Calls that nobody waits for keep their order, and the memory of arrays that nobody holds stays. */
  async queued(group) {
    const received = Array.from({ length: 50 }, () => new Float32Array(group.size));
    const all = received.map((array, n) =>
      group.exchange(new Float32Array(group.size).fill(1000 * n + group.rank), array),
    );
    all.push(group.barrier());
    const collect = globalThis.gc ?? (() => {});
    const churn = setInterval(() => {
      for (let i = 0; i < 100; i++) new Float32Array(8).fill(i);
      collect();
    }, 1);
    await Promise.all(all);
    clearInterval(churn);
    for (const [n, array] of received.entries()) expectEqual(`call ${n}`, array, (i) => 1000 * n + i);
  },
  /** Sent and received memory that overlaps, and views into larger buffers. */
  async views(group) {
    const { rank, size } = group;
    const buffer = new Float32Array(size + 3);
    const all = buffer.subarray(2, 2 + size);
    all[rank] = rank + 5;
    await group.gather(all.subarray(rank, rank + 1), all);
    expectEqual("gather in place", all, (i) => i + 5);
    await group.exchange(all, all);
    expectEqual("exchange in place", all, () => rank + 5);
    const shared = new Uint8Array(new SharedArrayBuffer(16), 3, 4).fill(rank);
    await group.broadcast(shared);
    expectEqual("shared memory", shared, () => 0);
    const view = new DataView(new ArrayBuffer(8 * size));
    await group.gather(Float64Array.of(rank), view);
    for (let i = 0; i < size; i++)
      if (view.getFloat64(8 * i, true) !== i)
        throw new Error(`DataView: rank ${i}: ${view.getFloat64(8 * i, true)}`);
  },
  /** The last rank comes late; the others see their timers and a signal meanwhile. */
  async late(group) {
    let ticks = 0;
    let signals = 0;
    process.on("SIGUSR1", () => signals++);
    process.on("SIGUSR2", () => signals++);
    const ticking = setInterval(() => ticks++, 5);
    if (group.rank === group.size - 1) await sleep(700);
    else setTimeout(() => process.kill(process.pid, "SIGUSR2"), 100);
    const before = [process.cpuUsage(), performance.now()] as const;
    await group.barrier();
    const cpu = process.cpuUsage(before[0]);
    const share = (cpu.user + cpu.system) / 1000 / (performance.now() - before[1]);
    clearInterval(ticking);
    if (group.rank < group.size - 1) {
      if (ticks < 40) throw new Error(`expected timers while waiting, got ${ticks}`);
      if (signals !== 1) throw new Error(`expected a signal while waiting, got ${signals}`);
      if (share > 0.7) throw new Error(`expected a waiting process to rest, got ${share} of a core`);
    }
  },
  async arguments(group) {
    const { size } = group;
    const wrong = [
      () => group.exchange(new Float32Array(size + 1), new Float32Array(size + 1)),
      () => group.exchange(new Float32Array(size), new Float32Array(2 * size)),
      () => group.exchange(new Float64Array(size) as never, new Float32Array(size)),
      () => group.gather(new Uint8Array(2), new Uint8Array(2 * size + 1)),
      () => group.gather([1] as never, new Uint8Array(size)),
      () => group.broadcast(new Float32Array(1) as never),
      () => group.broadcast(new Uint8Array(Reflect.construct(ArrayBuffer, [4, { maxByteLength: 8 }]))),
      async () => group.abort(0),
    ];
    for (const call of wrong)
      await call().then(
        () => console.log(group.rank, "no error"),
        (error) => console.log(group.rank, `${error.name}: ${error.message}`),
      );
    // None of them began, so the group goes on.
    await exchange(group, 2);
  },
  async again() {
    await openGroup().catch((error) => console.log(error.message));
  },
  /** A process that a rank starts is none itself. */
  async child({ rank }) {
    const [node, ...args] = [process.execPath, ...process.execArgv, import.meta.filename, "child-of-a-rank"];
    const { stdout } = await promisify(execFile)(node, args);
    console.log(rank, stdout.trim());
  },
  /** Steps for ever, so that a rank can be stopped or killed. */
  async steps(group) {
    for (const [rank, { pid }] of group.ranks.entries()) if (group.rank === 0) console.log("pid", rank, pid);
    for (;;) {
      await exchange(group, 100);
      await sleep(5);
    }
  },
  async exit(group) {
    await group.barrier();
    if (group.rank === group.size - 1) process.exit(Number(argument));
    await exchange(group, 10);
    console.log(group.rank, "went on");
  },
  async throw(group) {
    await group.barrier();
    if (group.rank === group.size - 1) throw new Error("this rank throws");
    await exchange(group, 10);
  },
  async reject(group) {
    await group.barrier();
    if (group.rank === group.size - 1) void Promise.reject(new Error("this rank rejects"));
    await exchange(group, 10);
    await exchange(group, 10);
  },
  async abort(group) {
    await group.barrier();
    if (group.rank === group.size - 1) group.abort(Number(argument));
    await exchange(group, 10);
  },
  async leave(group) {
    await group.barrier();
    if (group.rank < group.size - 1) await exchange(group, 10);
  },
  /** The last rank calls another collective than the rest. */
  async differ(group) {
    if (group.rank === group.size - 1) await group.broadcast(new Uint8Array(1));
    else await exchange(group, 10);
    await group.barrier();
  },
  /** The last rank computes for longer than the patience, without a chance to answer. */
  async busy(group) {
    await group.barrier();
    const end = performance.now() + Number(argument);
    if (group.rank === group.size - 1) while (performance.now() < end);
    await group.barrier();
  },
};

if (names === "child-of-a-rank") {
  const { size } = await openGroup({ alone: true });
  const refused = await openGroup().catch(({ message }) => message);
  console.log(`child of a group of ${size}: ${refused}`);
  process.exit();
}

// As if messages of some kilobytes were too long for MPI to count.
const largestPiece = Number(process.env.TEST_PIECE);
const group = largestPiece
  ? await openMpiGroup({ launcher: detectLauncher(), patience, largestPiece })
  : await openGroup({ patience });
for (const name of names.split(",")) await scenarios[name]!(group);
await group.close();
await group.barrier().then(
  () => console.log(group.rank, "no error"),
  (error) => {
    if (error.code !== "closed") throw error;
  },
);
console.log(group.rank, "done");
