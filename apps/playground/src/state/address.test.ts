import { fashionMnistInfo } from "@mlpconv/datasets/info";
import { presetNames } from "@mlpconv/runs";
import { settingProblems } from "@mlpconv/runs/recipe";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addressOf, readAddress } from "./address.js";
import { commandLine } from "./command-line.js";
import {
  colourSchemes,
  engines,
  firstState,
  languages,
  type PageState,
  plainNetwork,
  views,
} from "./page-state.js";
import { modelNames, type NetworkChoice, settingsOf, valuesOf, withChange, withoutIdle } from "./recipes.js";
import { hasValue, type NetworkPlace, networkPlaces, rowOf } from "./rows.js";
import { atTourStep, tourSteps } from "./tour.js";

const read = (fragment: string) => readAddress(fragment, "en", fashionMnistInfo);

/** Texts of valid values, where the kind has no list of them. */
const texts: Partial<Record<NetworkPlace, readonly string[]>> = {
  augment: ["shift:2,erase:8", "flip", "none"],
};
const numbers = ["1", "2", "3", "0.5", "0.05", "0.001", "0", "32", "128", "1e-3"];

const change = fc.constantFrom(...networkPlaces).chain((place) => {
  const { choices } = rowOf(place).kind;
  return fc.tuple(
    fc.constant(place),
    fc.constantFrom(...(choices ?? texts[place] ?? [...numbers, "true", "false"])),
  );
});

const network = fc
  .record({
    model: fc.constantFrom(...modelNames),
    preset: fc.constantFrom(...presetNames),
    changes: fc.array(change, { maxLength: 6 }),
  })
  .map(({ model, preset, changes }) =>
    changes.reduce<NetworkChoice>(
      (choice, [place, text]) => {
        const value = rowOf(place).kind.read(text);
        return value !== undefined && hasValue(model, place, value)
          ? withChange(choice, place, value, fashionMnistInfo)
          : choice;
      },
      { model, preset, changes: {} },
    ),
  );

const state: fc.Arbitrary<PageState> = fc.record({
  data: fc.oneof(
    fc.constant({ source: "served" as const }),
    fc.record({
      source: fc.constant("synthetic" as const),
      train: fc.integer({ min: 20, max: 60_000 }),
      test: fc.integer({ min: 20, max: 60_000 }),
    }),
    fc.record({ source: fc.constant("url" as const), base: fc.webUrl() }),
  ),
  engine: fc.constantFrom(...engines),
  networks: fc.oneof(fc.tuple(network), fc.tuple(network, network), fc.tuple(network, network, network)),
  watched: fc.uniqueArray(fc.integer({ min: 0, max: 9999 }), { maxLength: 12 }),
  language: fc.constantFrom(...languages),
  colours: fc.constantFrom(...colourSchemes),
  view: fc.constantFrom(...views),
  tour: fc.integer({ min: 0, max: tourSteps.length }),
});

describe("the address of the page", () => {
  test("leads back to every state", () => {
    fc.assert(
      fc.property(state, (one) => {
        expect(read(addressOf(one))).toEqual({ state: one, problems: [] });
      }),
    );
  });

  test("is short: what is as in the preset is not in it", () => {
    expect(addressOf(firstState())).toBe("lang=en");
    const { state } = read("#model=ninMnist&ratio=3&lr=0.03");
    expect(state.networks).toEqual([plainNetwork]);
    expect(addressOf(state)).toBe("model=ninMnist&lang=en");
  });

  test("has the settings' names as on the command line, and those of the second network with a prefix", () => {
    const { state, problems } = read(
      "model=nin&pointwise=1&last-relu=true&b.model=lenet&b.lr=0.05&b.flip=true",
    );
    expect(problems).toEqual([]);
    const [one, two] = state.networks.map((choice) => settingsOf(choice, fashionMnistInfo));
    expect(one).toMatchObject({ model: "nin", net: { pointwise: 1, lastRelu: true } });
    expect(two).toMatchObject({ model: "lenet", learningRate: 0.05, flip: true });
  });

  test("loses what has no effect when another setting changes, so that no network is refused for it", () => {
    const { state, problems } = read("model=nin&schedule=restarts&cycles=2&init=dirac");
    expect(problems).toEqual([]);
    const [choice] = state.networks;
    expect(choice.changes).toMatchObject({ schedule: "restarts", cycles: 2 });
    const other = withChange(choice, "schedule", "linear", fashionMnistInfo);
    expect(other.changes).toMatchObject({ schedule: "linear" });
    expect(other.changes).not.toHaveProperty("cycles");
    expect(withoutIdle({ ...choice, model: "lenet" }, fashionMnistInfo).changes).toEqual({
      schedule: "restarts",
      cycles: 2,
    });
  });

  test("an optimizer or schedule that a preset is not made for comes with a rate, momentum and warm-up that go with it", () => {
    const both = ["optimizer", "schedule"] as const;
    for (const model of modelNames)
      for (const preset of presetNames)
        for (const place of both)
          for (const value of rowOf(place).kind.choices!) {
            const choice = withChange({ model, preset, changes: {} }, place, value, fashionMnistInfo);
            const settings = { ...settingsOf(choice, fashionMnistInfo), model };
            expect(settingProblems(settings, valuesOf(choice))).toEqual([]);
          }
    const { state } = read("model=ninMnist&optimizer=adam&lr=0.001&preset=d2l");
    expect(addressOf(state)).toBe("model=ninMnist&preset=d2l&optimizer=adam&lang=en");
    expect(settingsOf(state.networks[0], fashionMnistInfo)).toMatchObject({
      learningRate: 0.001,
      momentum: 0.9,
    });
    // The rate of the preset is a choice then, and is in the link.
    const { state: fast } = read("model=ninMnist&optimizer=adamw&lr=0.03");
    expect(addressOf(fast)).toBe("model=ninMnist&optimizer=adamw&lr=0.03&lang=en");
    expect(commandLine(state.networks[0], state.data, "auto").command).toBe(
      "npx mlpconv train --model ninMnist --preset d2l --optimizer adam --lr 0.001 --momentum 0.9",
    );
  });

  test("names a step of the tour, and what the reader changed in it", () => {
    for (let tour = 1; tour <= tourSteps.length; tour++) {
      const state = atTourStep(firstState(), tour);
      expect(addressOf(state)).toBe(`tour=${tour}&lang=en`);
      expect(read(`tour=${tour}`).state.networks).toEqual(tourSteps[tour - 1]!.networks);
      for (const choice of state.networks) settingsOf(choice, fashionMnistInfo);
      const other: PageState = { ...state, networks: [plainNetwork], view: "files" };
      expect(read(addressOf(other)).state).toEqual(other);
    }
    expect(read("tour=9").problems).toMatchObject([{ type: "value", key: "tour", got: "9" }]);
  });

  test.each([
    ["lr=fast", { type: "value", key: "lr", expected: "a number above 0, such as 0.05", got: "fast" }],
    [
      "model=resnet",
      { type: "value", key: "model", expected: expect.stringContaining("nin"), got: "resnet" },
    ],
    ["b.ratio=0", { type: "value", key: "b.ratio", expected: "a number from 1 up, such as 3", got: "0" }],
    ["speed=9", { type: "unknown", key: "speed" }],
    ["model=lenet&pointwise=2", { type: "model", key: "pointwise", model: "lenet" }],
    ["model=lenet&init=dirac", { type: "model", key: "init=dirac", model: "lenet" }],
    ["model=lenet&schedule=cosine&cycles=2", { type: "idle", key: "cycles", needs: "schedule=restarts" }],
    ["data=pictures", { type: "own-files" }],
    ["watch=a", { type: "value", key: "watch", expected: expect.stringContaining("12"), got: "a" }],
  ])("says what is wrong with %s and takes the default", (fragment, problem) => {
    const { state, problems } = read(fragment);
    expect(problems).toEqual([problem]);
    for (const choice of state.networks) settingsOf(choice, fashionMnistInfo);
    expect(state.data).toEqual(firstState().data);
  });

  test("never fails, whatever it holds", () => {
    const keys = fc.constantFrom(
      "model",
      "lr",
      "b.lr",
      "augment",
      "ratio",
      "watch",
      "data",
      "train",
      "__proto__",
    );
    const pairs = fc.array(fc.tuple(fc.oneof(keys, fc.string()), fc.string()));
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          pairs.map((list) => new URLSearchParams(list).toString()),
        ),
        (text) => {
          const { state } = read(text);
          for (const choice of state.networks) settingsOf(choice, fashionMnistInfo);
        },
      ),
    );
  });
});
