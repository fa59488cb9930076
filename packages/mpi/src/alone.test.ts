import { expect, test } from "vitest";
import { describeGroup, openGroup } from "./index.js";

test("a process without a launcher is a group of one that needs no library", async () => {
  const group = await openGroup({ alone: true });
  expect([group.rank, group.size, group.library, group.launcher]).toEqual([0, 1, undefined, undefined]);
  expect(describeGroup(group)).toMatch(/^1 process on .* \(1\)$/);
  const received = new Float32Array(3);
  await group.exchange(Float32Array.of(1, 2, 3), received);
  expect([...received]).toEqual([1, 2, 3]);
  const all = new Uint8Array(4);
  await group.gather(Float32Array.of(2), all);
  expect([...new Float32Array(all.buffer)]).toEqual([2]);
  await group.broadcast(Uint8Array.of(1));
  await group.barrier();
  await expect(group.gather(new Uint8Array(1), new Uint8Array(2))).rejects.toThrow("expected 1 bytes");
  await group.close();
  await expect(group.barrier()).rejects.toThrow("barrier: expected an open group, got one that is closed");
  await expect(group.close()).rejects.toThrow("closed");
});

test("patience is a number above 0", async () => {
  await expect(openGroup({ patience: 0, alone: true })).rejects.toThrow(
    "openGroup: expected a patience above 0 ms, got 0",
  );
  await expect(openGroup({ patience: Number.NaN, alone: true })).rejects.toThrow("got NaN");
});
