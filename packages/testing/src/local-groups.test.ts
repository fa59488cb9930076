import { expect, test } from "vitest";
import { LocalGroupAborted, localGroups } from "./local-groups.js";

const onEach = <T>(
  groups: ReturnType<typeof localGroups>,
  run: (group: (typeof groups)[number]) => Promise<T>,
) => Promise.all(groups.map(run));

test.each([1, 2, 4])("%i ranks exchange, gather and broadcast", async (size) => {
  await onEach(localGroups(size), async (group) => {
    const values = Float32Array.from({ length: 2 * size }, (_, i) => 100 * group.rank + i);
    const received = new Float32Array(2 * size);
    await group.exchange(values, received);
    expect([...received]).toEqual(
      Array.from({ length: size }, (_, from) => [0, 1].map((i) => 100 * from + 2 * group.rank + i)).flat(),
    );
    const all = new Float64Array(size);
    await group.gather(Float64Array.of(group.rank), all);
    expect([...all]).toEqual([...Array(size).keys()]);
    const bytes = new Uint8Array(3).fill(group.rank + 7);
    await group.broadcast(bytes);
    expect([...bytes]).toEqual([7, 7, 7]);
    await group.close();
  });
});

test("a barrier is passed when the last rank has arrived", async () => {
  const [first, second] = localGroups(2);
  let passed = false;
  const waiting = first!.barrier().then(() => {
    passed = true;
  });
  await new Promise((go) => setTimeout(go, 5));
  expect(passed).toBe(false);
  await Promise.all([second!.barrier(), waiting]);
});

test("calls of one rank are served in their order", async () => {
  const done: string[] = [];
  await onEach(localGroups(2), async (group) => {
    const bytes = Uint8Array.of(group.rank);
    await Promise.all([
      group.broadcast(bytes).then(() => done.push(`broadcast ${bytes[0]}`)),
      group.barrier().then(() => done.push("barrier")),
    ]);
  });
  expect(done).toEqual(["broadcast 0", "broadcast 0", "barrier", "barrier"]);
});

test("an abort ends what the others wait for and what they call later", async () => {
  const [first, second] = localGroups(2);
  const waiting = first!.barrier();
  expect(() => second!.abort(3)).toThrow(LocalGroupAborted);
  await expect(waiting).rejects.toThrow("group: rank 1 aborted with code 3");
  await expect(first!.barrier()).rejects.toThrow("rank 1 aborted");
});

test("different collectives, different lengths and a closed rank are errors, not hangs", async () => {
  const calls = async (
    run: (first: ReturnType<typeof localGroups>[number], second: typeof first) => Promise<void>[],
  ) => {
    const [first, second] = localGroups(2);
    return (await Promise.allSettled(run(first!, second!))).map((result) =>
      String((result as PromiseRejectedResult).reason?.message),
    );
  };
  expect(await calls((a, b) => [a.barrier(), b.broadcast(new Uint8Array(1))])).toEqual(
    Array(2).fill("group: rank 0 called barrier, rank 1 broadcast"),
  );
  expect(await calls((a, b) => [a.broadcast(new Uint8Array(1)), b.broadcast(new Uint8Array(2))])).toEqual(
    Array(2).fill("group.broadcast: expected the same length on every rank, got 1, 2 bytes"),
  );
  expect(await calls((a, b) => [a.barrier(), b.close()])).toEqual([
    "group.barrier: rank 1 has closed its group",
    "undefined",
  ]);
  expect((await calls((a) => [a.gather(new Uint8Array(2), new Uint8Array(3))]))[0]).toContain(
    "expected 4 bytes",
  );
  expect((await calls((a) => [a.exchange(new Float32Array(3), new Float32Array(3))]))[0]).toContain(
    "a multiple of 2",
  );
});
