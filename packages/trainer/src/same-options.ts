// Whether all ranks of a group were given the same options: otherwise they would meet in different collectives, and wait for ever.
import type { Loader } from "@mlpconv/datasets";
import { type Group, gatherJson, RanksDifferError } from "./group.js";
import type { TrainOptions } from "./train-options.js";

/** A digest of the labels, by which ranks that were given other data notice it. */
const digestOf = async (labels: ArrayLike<number> | undefined): Promise<string | undefined> => {
  if (!labels) return undefined;
  const hash = await crypto.subtle.digest("SHA-256", Float64Array.from(labels));
  return Array.from(new Uint8Array(hash, 0, 4), (byte) => byte.toString(16).padStart(2, "0")).join("");
};

const loaderFacts = async (name: string, { batches, examples, batchSize, labels }: Loader) => ({
  [`${name}.batches`]: batches,
  [`${name}.examples`]: examples,
  [`${name}.batchSize`]: batchSize,
  [`digest of ${name}.labels`]: await digestOf(labels),
});

/** Refuses values that are not the same on all ranks. */
const checkSame = async (
  group: Pick<Group, "size" | "gather">,
  where: string,
  values: Record<string, unknown>,
  fix: string,
): Promise<void> => {
  const [first, ...others] = await gatherJson(group, values);
  for (const [i, other] of others.entries()) {
    for (const name of new Set([...Object.keys(first!), ...Object.keys(other)])) {
      const [expected, got] = [first, other].map((each) => JSON.stringify(each![name]) ?? "none");
      if (expected === got) continue;
      throw new RanksDifferError(
        i + 1,
        `${where}: expected ${name} of rank ${i + 1} to be that of rank 0, ${expected}, got ${got}; ${fix}`,
      );
    }
  }
};

/** @throws RanksDifferError on every rank when one has other options, naming the rank and the option */
export const checkSameOptions = async (
  group: Pick<Group, "size" | "gather">,
  {
    train,
    test,
    validation,
    epochs,
    untilEpoch,
    stopWhen,
    plateau,
    optimizer,
    resume,
    loss,
    testOnce,
  }: TrainOptions,
  shards: number,
): Promise<void> =>
  checkSame(
    group,
    "train",
    {
      epochs,
      untilEpoch,
      stopWhen: stopWhen ? "a rule" : undefined,
      shards,
      "optimizer.learningRate": optimizer.learningRate,
      loss,
      plateau,
      testOnce,
      "resume.step": resume?.step,
      ...(await loaderFacts("train", train)),
      ...(test && (await loaderFacts("test", test))),
      ...(validation && (await loaderFacts("validation", validation))),
    },
    "give all ranks the same options and loaders of the whole data: each rank takes its own part of every batch",
  );

/** @throws RanksDifferError on every rank when one has a loader of another number of batches */
export const checkSameBatches = (
  group: Pick<Group, "size" | "gather">,
  { batches, examples }: Loader,
): Promise<void> =>
  checkSame(
    group,
    "evaluate",
    { "loader.batches": batches, "loader.examples": examples },
    "give all ranks loaders of the whole data: each rank takes its own part of the batches",
  );
