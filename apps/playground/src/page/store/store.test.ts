import { fashionMnistInfo } from "@mlpconv/datasets/info";
import { describe, expect, test } from "vitest";
import { type FakeSession, fakeSession } from "../../../test/fake-session.js";
import type { ServedData } from "../../server/served.js";
import { plainNetwork } from "../../state/page-state.js";
import { createStore, type Store } from "./store.js";

const servedData: ServedData = {
  ...fashionMnistInfo,
  source: "a test",
  train: 100,
  test: 20,
  files: { trainImages: "a", trainLabels: "b", testImages: "c", testLabels: "d" },
};

const storeOf = (
  fragment: string,
  session: FakeSession = fakeSession(),
  served: ServedData | "none" = servedData,
) => {
  const store = createStore({
    session,
    fragment,
    language: "en",
    base: "http://localhost/data/",
    servedData: async () => (served === "none" ? undefined : served),
    nextFrame: (callback) => setTimeout(callback, 0),
  });
  return { store, session };
};
const opened = async (fragment = "data=synthetic", session?: FakeSession) => {
  const both = storeOf(fragment, session);
  await both.store.open();
  expect(both.store.phase.value).toBe("paused");
  return both;
};
const stepsOf = ({ standings }: Store) => standings.value.map(({ last }) => last?.step ?? 0);
const messages = ({ notices }: Store) => notices.value.map(({ text }) => text);

describe("the store of the page", () => {
  test("opens what the address says and watches the first image of each class", async () => {
    const { session } = await opened("data=synthetic&train=50&model=lenet&lr=0.2&engine=wasm");
    expect(session.opens).toMatchObject([
      {
        engine: "wasm",
        data: { source: "synthetic", train: 50, test: 500 },
        networks: [{ model: "lenet", learningRate: 0.2 }],
      },
    ]);
    expect(session.calls).toContain("watch 0,2");
  });

  test("trains until it is paused, goes on, and begins anew after a reset", async () => {
    const { store, session } = await opened();
    const training = store.start();
    expect(store.phase.value).toBe("training");
    await expect.poll(() => stepsOf(store)[0]).toBeGreaterThan(3);
    await store.pause();
    await training;
    expect(store.phase.value).toBe("paused");
    const [paused] = stepsOf(store);
    expect(store.announcement.value).toBe(`Paused after step ${paused}.`);
    await store.step();
    expect(stepsOf(store)).toEqual([paused! + 1]);
    await store.reset();
    expect(stepsOf(store)).toEqual([0]);
    expect(session.calls.filter((call) => call === "reset")).toHaveLength(1);
    expect(session.opens).toHaveLength(1);
  });

  test("a step follows another at once, though the look at the network is not yet there", async () => {
    const { store, session } = await opened();
    session.look = () => new Promise(() => {});
    void store.step();
    await expect.poll(() => [store.phase.value, ...stepsOf(store)]).toEqual(["paused", 1]);
    await Promise.resolve();
    void store.step();
    await expect.poll(() => [store.phase.value, ...stepsOf(store)]).toEqual(["paused", 2]);
  });

  test("a look at a network that others replace meanwhile says nothing, and any other that fails does", async () => {
    const { store, session } = await opened();
    const { look } = session;
    let refuse = (_: Error) => {};
    session.look = () => new Promise((_, reject) => (refuse = reject));
    const step = store.step();
    await expect.poll(() => [store.phase.value, ...stepsOf(store)]).toEqual(["paused", 1]);
    session.look = look;
    await store.openChoice({ ...plainNetwork, changes: { seed: 1 } });
    refuse(new Error("look: expected a network from 0 to 0, got 1"));
    await step;
    session.look = () => Promise.reject(new Error("look: expected memory, got none"));
    await store.step();
    expect(messages(store)).toEqual(["look: expected memory, got none"]);
  });

  test("a second start while the first opens the network does nothing", async () => {
    const session = fakeSession();
    session.lastStep = 2;
    const { store } = await opened("data=synthetic", session);
    await store.start();
    await Promise.all([store.start(), store.start()]);
    expect(session.calls.filter((call) => call === "reset")).toHaveLength(1);
    expect(messages(store)).toEqual([]);
  });

  test("training that has ended starts over", async () => {
    const session = fakeSession();
    session.lastStep = 3;
    const { store } = await opened("data=synthetic", session);
    await store.start();
    expect([store.phase.value, ...stepsOf(store)]).toEqual(["ended", 3]);
    expect(store.announcement.value).toBe("Training has ended.");
    await store.step();
    expect([store.phase.value, ...stepsOf(store)]).toEqual(["paused", 1]);
    expect(session.calls.filter((call) => call === "reset")).toHaveLength(1);
  });

  test("a changed setting of a trained network waits for the next start, which opens anew with the same data", async () => {
    const { store, session } = await opened();
    await store.step();
    store.setNetwork(0, { ...plainNetwork, changes: { learningRate: 0.5 } });
    expect(store.changed.value).toBe(true);
    expect(session.opens).toHaveLength(1);
    await store.step();
    expect(session.opens[1]).toMatchObject({ networks: [{ learningRate: 0.5 }] });
    expect(session.opens[1]).not.toHaveProperty("data");
    expect(stepsOf(store)).toEqual([1]);
  });

  test("two networks train side by side", async () => {
    const { store } = await opened("data=synthetic&b.model=lenet");
    await store.step();
    expect(stepsOf(store)).toEqual([1, 1]);
    store.removeNetwork(0);
    expect(store.state.value.networks.map(({ model }) => model)).toEqual(["lenet"]);
  });

  test("without images beside the page it takes synthetic ones and says so", async () => {
    const { store, session } = storeOf("", fakeSession(), "none");
    await store.open();
    expect(store.state.value.data.source).toBe("synthetic");
    expect(session.opens.map(({ data }) => data?.source)).toEqual(["synthetic"]);
    expect(messages(store)).toEqual([expect.stringContaining("Synthetic garments are used instead")]);
  });

  test("images beside the page of another size get the network that is made for them, unless the address names one", async () => {
    const cifar = {
      ...servedData,
      name: "cifar10",
      shape: [32, 32, 3] as const,
      mean: [0, 0, 0],
      std: [1, 1, 1],
    };
    const { store } = storeOf("", fakeSession(), cifar);
    await store.open();
    expect(store.state.value.networks).toMatchObject([{ model: "ninCifar" }]);
    const named = storeOf("model=lenet", fakeSession(), cifar);
    await named.store.open();
    expect(named.session.opens).toMatchObject([{ networks: [{ model: "lenet", resize: 32 }] }]);
  });

  test("a GPU that fails is replaced by the CPU under engine auto, and is an error if it was asked for", async () => {
    const broken = () => {
      const session = fakeSession();
      session.failOpen = ({ engine }) =>
        engine === "wasm"
          ? undefined
          : Object.assign(new Error("webgpu: no adapter"), { name: "EngineError" });
      return session;
    };
    const { store, session } = await opened("data=synthetic", broken());
    expect(session.opens.map(({ engine }) => engine)).toEqual(["auto", "wasm"]);
    expect(messages(store)).toEqual([expect.stringContaining("Training runs on the CPU")]);
    const asked = storeOf("data=synthetic&engine=webgpu", broken());
    await asked.store.open();
    expect(asked.store.phase.value).toBe("closed");
    expect(messages(asked.store)).toEqual(["webgpu: no adapter"]);
  });

  test("after training has failed, a reset opens engine and network anew", async () => {
    const { store, session } = await opened();
    const { atStep } = session;
    session.atStep = (_, network) => ({ network, type: "error", message: "webgpu: the device is lost" });
    await store.step();
    expect(messages(store)).toEqual(["webgpu: the device is lost"]);
    session.atStep = atStep;
    await store.reset();
    expect(session.opens).toHaveLength(2);
    await store.step();
    expect(stepsOf(store)).toEqual([1]);
  });

  test("costs follow the settings, and a network that cannot be built says why", async () => {
    const { store } = await opened();
    await expect.poll(() => store.costs.value).toMatchObject([{ facts: { parameters: 100 } }]);
    store.setNetwork(0, { ...plainNetwork, changes: { resize: 8 } });
    await expect
      .poll(() => store.costs.value)
      .toEqual([{ problem: "describe: expected larger images, got small ones" }]);
  });

  test("own pictures are opened with their recipe, and not in the link", async () => {
    const { store, session } = await opened();
    store.setData(
      { source: "pictures" },
      {
        source: "pictures",
        classes: ["cat", "dog"],
        shape: [48, 48, 3],
        images: new Uint8Array(20 * 48 * 48 * 3),
        labels: new Uint8Array(20),
      },
    );
    await expect.poll(() => session.opens.length).toBe(2);
    expect(session.opens[1]).toMatchObject({ networks: [{ preset: "pictures", resize: 48, epochs: 200 }] });
    const link = store.link("http://localhost/#x");
    expect(link).toContain("data=pictures");
    const { store: other } = storeOf(link.split("#")[1]!);
    expect(messages(other)).toEqual([expect.stringContaining("own files")]);
  });

  test("the link names the engine that computed", async () => {
    const { store } = await opened("data=synthetic");
    expect(store.link("http://localhost/page#old")).toMatch(/^http:\/\/localhost\/page#.*engine=wasm/);
  });
});
