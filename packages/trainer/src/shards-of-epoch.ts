// A rank's shards of an epoch's batches, checked: a wrong shard would silently train on other examples.
import { type Batch, type Loader, type Share, shardBounds } from "@mlpconv/datasets";
import { tf } from "@mlpconv/tensor";
import { checkBatch } from "./checks.js";

/** A shard: part of a batch, with its place in it. */
export type Shard = Batch & Required<Pick<Batch, "within">>;

/**
 * The wanted shards of each batch, one after another. A loader that knows nothing of shards gives whole batches, which are cut here.
 *
 * @param skip batches that are left out
 * @throws Error when images or labels do not fit the model, or a shard is not the part of its batch that it must be
 */
export async function* shardsOfEpoch(
  model: tf.LayersModel,
  loader: Loader,
  epoch: number,
  skip: number,
  share: Share,
): AsyncGenerator<Shard, void, void> {
  const each = share.to - share.from;
  /** Shards that were given, and examples in the batch of the last one. */
  let given = 0;
  let examples: number | undefined;
  for await (const batch of loader.epoch(epoch, skip, share)) {
    const number = skip + Math.floor(given / each);
    if (batch?.within) {
      try {
        if (given % each === 0) examples = undefined;
        await checkBatch("train", model, batch, number, { empty: true });
        checkPlace(batch, { shard: share.from + (given % each), of: share.of, number, examples });
      } catch (error) {
        tf.dispose([batch.x, batch.y]);
        throw error;
      }
      ({ examples } = batch.within);
      given++;
      yield batch as Shard;
      continue;
    }
    try {
      await checkBatch("train", model, batch, number);
      const count = batch.y.shape[0];
      for (let shard = share.from; shard < share.to; shard++) {
        const [first, end] = shardBounds(shard, share.of, count);
        const [x, y] = tf.tidy(() => [
          tf.slice(batch.x, first, end - first),
          tf.slice(batch.y, first, end - first),
        ]) as [tf.Tensor4D, tf.Tensor1D];
        const mix = batch.mix && {
          labels: batch.mix.labels.subarray(first, end),
          shares: batch.mix.shares.subarray(first, end),
        };
        given++;
        yield { x, y, ...(mix && { mix }), within: { first, examples: count } };
      }
    } finally {
      tf.dispose([batch?.x, batch?.y]);
    }
  }
}

/** Checks that a shard is the part of its batch that it must be; `examples` is what the shard before it said of the batch. */
const checkPlace = (
  { y, within }: Batch,
  {
    shard,
    of,
    number,
    examples,
  }: { shard: number; of: number; number: number; examples: number | undefined },
): void => {
  const [got, whole] = [within?.first, within?.examples];
  const isWhole = Number.isInteger(whole) && whole! >= 1 && (examples === undefined || whole === examples);
  const expected = isWhole ? whole! : examples;
  const [first, end] = shardBounds(shard, of, expected ?? 0);
  if (isWhole && got === first && y.shape[0] === end - first) return;
  const wanted = expected ? `${end - first} examples from ${first} on, of ${expected}` : "a part of a batch";
  throw new Error(
    `train: expected shard ${shard} of ${of} of batch ${number} to hold ${wanted}, got ${y.shape[0]} examples from ${got} on, of ${whole}; ` +
      "give the parts that shardBounds says, or whole batches without `within`, which are then cut",
  );
};
