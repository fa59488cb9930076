import { describe, expect, it } from "vitest";
import { type Cost, planBudget, planLines } from "./budget.js";

// A run of either: 10 s to start, and for each epoch 100 s of training and 10 s of testing.
const cost = (model: Cost["model"], epochs: number): Cost => ({
  model,
  epochs,
  examples: 1000,
  batchSize: 100,
  startSeconds: 10,
  secondsPerImage: 0.1,
  testImages: 300,
});
const one = [cost("nin", 1)];
// Includes the pass that measures inference, which is 20 s: 140 s of one seed, 120 s more of each other.

describe("planBudget", () => {
  it("leaves out nothing when everything fits", () => {
    expect(planBudget(one, 3, 380)).toEqual({ seeds: 3, shortened: {}, leftOut: [], seconds: 380 });
  });

  it("drops seeds first", () => {
    const plan = planBudget(one, 3, 379);
    expect(plan).toEqual({ seeds: 2, shortened: {}, leftOut: ["1 of 3 seeds of each net"], seconds: 260 });
    expect(planLines(plan)).toEqual([
      "plan: 2 seeds of each net, 4 min 20 s",
      "left out: 1 of 3 seeds of each net",
    ]);
  });

  it("drops epochs next, of all nets by the same share", () => {
    const plan = planBudget([cost("nin", 10), cost("lenet", 4)], 1, 900);
    expect(plan.seconds).toBeLessThanOrEqual(900);
    expect(plan.shortened).toEqual({ nin: { epochs: 5 }, lenet: { epochs: 2 } });
    expect(plan.leftOut).toEqual(["5 of 10 epochs of nin", "2 of 4 epochs of lenet"]);
  });

  it("drops training images last, in whole batches", () => {
    const plan = planBudget([cost("nin", 2)], 2, 90);
    expect(plan.shortened).toEqual({ nin: { epochs: 1, limit: 500 } });
    expect(plan.leftOut).toEqual([
      "1 of 2 seeds of each net",
      "1 of 2 epochs of nin",
      "500 of 1,000 training images of nin",
    ]);
    expect(plan.seconds).toBeCloseTo(90);
  });

  it("refuses a budget that nothing fits into, with the least that does", () => {
    expect(() => planBudget(one, 3, 30)).toThrow(
      /expected --budget to be at least 50s .*, got 30s after measuring/,
    );
    expect(planBudget(one, 3, 50).shortened).toEqual({ nin: { limit: 100 } });
  });
});
