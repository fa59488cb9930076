import { expect, it } from "vitest";
import { rangesOf } from "./print-plan.js";

it.each([
  [[4], "4"],
  [[1, 2, 3], "1-3"],
  [[1, 3, 4, 7, 9, 10], "1,3-4,7,9-10"],
])("writes %j as %s", (numbers, ranges) => expect(rangesOf(numbers)).toBe(ranges));
