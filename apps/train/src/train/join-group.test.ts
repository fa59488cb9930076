import { DivergedError, GroupError, RanksDifferError } from "@mlpconv/trainer";
import { expect, it } from "vitest";
import { failsOnAll } from "./join-group.js";

it.each([
  [new DivergedError(1, 1, Number.NaN, 0.1), true],
  [new GroupError(1, "no data"), true],
  [new RanksDifferError(1, "other weights"), true],
  [new Error("a full disk"), false],
])("%s fails on all processes: %s", (error, expected) => expect(failsOnAll(error)).toBe(expected));
