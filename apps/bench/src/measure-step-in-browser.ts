// Measures training steps of one case in a page; the address has the case, the batch and the number of steps, and the page's title gets the result.
import { useEngine } from "@mlpconv/tensor";
import { type CaseName, cases } from "./cases.js";
import { median } from "./statistics.js";
import { trainSteps } from "./train-steps.js";

const WARM_UP = 2;

/** What the page found. */
export interface MeasuredInBrowser {
  secondsPerStep: number;
  /** The engine's device, with its number of threads. */
  device: string;
  error?: string;
}

const measure = async (): Promise<MeasuredInBrowser> => {
  const plan = new URLSearchParams(location.search);
  const { device } = await useEngine("wasm");
  const seconds: number[] = [];
  const steps = trainSteps(
    cases[plan.get("case") as CaseName],
    Number(plan.get("batch")),
    Number(plan.get("steps")) + WARM_UP,
  );
  for await (const one of steps) seconds.push(one);
  return { secondsPerStep: median(seconds.slice(WARM_UP)), device };
};

measure()
  .catch((error: Error) => ({ error: error.message }))
  .then((found) => {
    document.title = JSON.stringify(found);
  });
