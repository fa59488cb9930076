// What a training run tells: the events of `train()`, which are also the lines of a run's events.jsonl.

/** Running means over the epoch so far, as d2l's `train_ch6` counts them: loss per example, share of right answers. */
export interface Progress {
  /** 1 is the first. */
  epoch: number;
  /** Optimiser updates since training began. */
  step: number;
  /** Mean loss of the epoch so far, in nats. */
  loss: number;
  /** Share of the epoch's examples so far that were classified right while training (dropout active), 0 to 1. */
  trainAccuracy: number;
  /** Examples a second in the training steps so far, with loading and evaluation outside the clock. */
  examplesPerSecond: number;
}

/** Before the first step. */
export interface StartEvent {
  type: "start";
  epochs: number;
  /** Steps in each epoch; the last one may be short. */
  stepsPerEpoch: number;
  /** Examples in each epoch. */
  examples: number;
  /** Trainable numbers in the model. */
  parameters: number;
}

/** After each step. */
export interface StepEvent extends Progress {
  type: "step";
  /** 1 to stepsPerEpoch. */
  stepInEpoch: number;
  learningRate: number;
}

/** After each epoch, evaluation included. */
export interface EpochEvent extends Progress {
  type: "epoch";
  /** Share of the test examples classified right; absent when there is no test loader. */
  testAccuracy?: number;
  /** Mean loss over the test examples, in nats. */
  testLoss?: number;
  /** Wall-clock seconds since training began. */
  seconds: number;
}

/**
 * The last event: the last epoch's figures, but examplesPerSecond and seconds of the whole run. Of a run that was interrupted, the
 * figures of the part that was trained.
 */
export interface EndEvent extends Omit<EpochEvent, "type"> {
  type: "end";
  interrupted: boolean;
}

export type TrainEvent = StartEvent | StepEvent | EpochEvent | EndEvent;
