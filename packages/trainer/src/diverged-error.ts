// The error that ends a run whose numbers are no longer finite.

/**
 * The loss or a weight became infinite or NaN. If it was the loss, the weights are those before the step that showed it. Weights are
 * checked before each checkpoint and at each epoch's end, before the event is yielded.
 */
export class DivergedError extends Error {
  override readonly name = "DivergedError";
  constructor(
    /** Epoch in which it happened, from 1. */
    readonly epoch: number,
    /** Number, from 1, of the update that was skipped; for a weight or a test loss, of the last update that was made. */
    readonly step: number,
    /** The loss, Infinity or NaN; for a weight, NaN. */
    readonly loss: number,
    learningRate: number,
    /** What was not finite. Default: the step's loss. */
    what = `expected a finite loss, got ${loss} at step ${step}`,
  ) {
    super(
      `train: ${what} (epoch ${epoch}, learning rate ${learningRate}); ` +
        "try a tenth of the learning rate, a warm-up, or check the inputs for values that are not numbers",
    );
  }
}
