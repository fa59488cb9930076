// A network of the session: its model, its optimizer, and how far its training is.
import { augmentSizeProblem, type Dataset, type Loader, loader, parseAugment } from "@mlpconv/datasets";
import { type ModelName, modelNames, summary } from "@mlpconv/models";
import { checked, settingsSchema } from "@mlpconv/runs";
import { buildModel, loaderOptions, optimizerOf, settingProblems } from "@mlpconv/runs/recipe";
import { tf } from "@mlpconv/tensor";
import { classMapModel, type Optimizer, type SplitModel, variablesOf } from "@mlpconv/trainer";
import { type CourseEvent, course } from "./course.js";
import type { NetworkSettings } from "./session.js";

/** Settings of a known model. */
export type KnownSettings = NetworkSettings & { model: ModelName };

/** Steps after a look in which the weights before each step are kept, so that the next look knows the size of the last update. */
const keptSteps = 256;

/**
 * The settings, checked.
 *
 * @throws RunFileError naming the setting that is wrong
 */
export const checkSettings = (where: string, settings: NetworkSettings): KnownSettings => {
  const fix = "correct the setting";
  const valid = checked(settingsSchema, settings, where, fix);
  const model = modelNames.find((name) => name === valid.model);
  if (!model)
    throw new RangeError(
      `${where}: expected model to be one of ${modelNames.join(", ")}, got ${valid.model}; ${fix}`,
    );
  // The reader sees every value, those of the preset too.
  const problems = settingProblems({ ...valid, model }, valid);
  if (problems.length > 0) throw new RangeError(`${where}: ${problems.join("; ")}`);
  return { ...valid, model };
};

/** A network with its data. Its methods are called one after another. */
export class Network {
  readonly settings: KnownSettings;
  /** Multiply-adds for one image, forward. */
  readonly multiplyAdds: number;
  readonly #data: Dataset;
  readonly #loaders: { train: Loader; test: Loader };
  #model: tf.LayersModel;
  #classMaps: SplitModel | undefined;
  #optimizer: Optimizer;
  #course: AsyncGenerator<CourseEvent | undefined, void, void>;
  /** Weights before the last step, if somebody looked lately. */
  #before: tf.Tensor[] | undefined;
  #lookedAt = 0;
  #step = 0;
  #seconds = 0;
  /** When the running piece began. */
  #began = 0;
  #tested: { step: number; accuracy: number } | undefined;
  #over = false;

  /** @throws InputSizeError when images are too small for the model; Error for settings that do not fit the data */
  constructor(settings: NetworkSettings, data: Dataset) {
    this.settings = checkSettings("open", settings);
    this.#data = data;
    const { augment, limit, ...others } = this.settings;
    const problem =
      augment === undefined ? undefined : augmentSizeProblem(parseAugment(augment), data.shape, "augment");
    if (problem !== undefined) throw new RangeError(`open: ${problem}`);
    // A limit that leaves all images is none.
    const limited = limit === undefined || limit >= data.train.shape[0] ? {} : { limit };
    const options = loaderOptions({ ...others, ...limited, ...(augment !== undefined && { augment }) }, data);
    this.#loaders = { train: loader(data.train, options.train), test: loader(data.test, options.test) };
    this.#model = this.#build();
    this.multiplyAdds = summary(this.#model).multiplyAccumulates;
    this.#classMaps = classMapModel(this.#model);
    this.#optimizer = optimizerOf(this.settings);
    this.#course = this.#newCourse();
  }

  get model(): tf.LayersModel {
    return this.#model;
  }

  /** The model in two parts, for networks that end in global average pooling. */
  get classMaps(): SplitModel | undefined {
    return this.#classMaps;
  }

  /** Number of steps so far. */
  get step(): number {
    return this.#step;
  }

  get stepsPerEpoch(): number {
    return this.#loaders.train.batches;
  }

  /** Whether training has ended or failed. */
  get over(): boolean {
    return this.#over;
  }

  /** Test accuracy of the weights as they are, where it is known. */
  get testAccuracy(): number | undefined {
    return this.#tested?.step === this.#step ? this.#tested.accuracy : undefined;
  }

  /** Weights before the last step, in the order of `variablesOf`. Those before the next steps are kept from now on. */
  weightsBefore(): readonly tf.Tensor[] | undefined {
    this.#lookedAt = this.#step;
    return this.#before;
  }

  /** Trains for a piece: a step, or a batch of test images. @returns undefined where there is nothing to tell */
  async advance(): Promise<CourseEvent | undefined> {
    this.#began = performance.now();
    try {
      const { value: event } = await this.#course.next();
      this.#seconds += (performance.now() - this.#began) / 1000;
      if (event?.type === "step") this.#step = event.step;
      if (event?.type === "epoch") this.#tested = { step: event.step, accuracy: event.testAccuracy! };
      if (event?.type === "end") this.#over = true;
      return event ?? undefined;
    } catch (error) {
      this.#over = true;
      throw error;
    }
  }
  /** The weights of the beginning, and nothing trained yet. */
  async reset(): Promise<void> {
    await this.#stop();
    this.#model.dispose();
    this.#model = this.#build();
    this.#classMaps = classMapModel(this.#model);
    this.#course = this.#newCourse();
  }

  /** Training begins anew, with the weights that are there: after other ones were loaded. */
  async restart(): Promise<void> {
    await this.#stop();
    this.#course = this.#newCourse();
  }

  /** Frees all memory. An engine that has failed may refuse; its memory is freed with it. */
  async dispose(): Promise<void> {
    try {
      await this.#stop();
      this.#model.dispose();
    } catch {
      // The engine is closed by the one who saw it fail.
    }
  }

  async #stop(): Promise<void> {
    await this.#course.return();
    this.#optimizer.dispose();
    tf.dispose(this.#before ?? []);
    this.#before = undefined;
    this.#lookedAt = 0;
    this.#step = 0;
    this.#seconds = 0;
    this.#tested = undefined;
    this.#over = false;
  }

  #build(): tf.LayersModel {
    return buildModel(this.settings, this.#data);
  }

  #newCourse() {
    return course({
      model: this.#model,
      settings: this.settings,
      optimizer: this.#optimizer,
      ...this.#loaders,
      classes: this.#data.classes.length,
      beforeStep: () => this.#keepWeights(),
      seconds: () => this.#seconds + (performance.now() - this.#began) / 1000,
    });
  }

  /** Copies the weights, if somebody looked lately. */
  #keepWeights(): void {
    tf.dispose(this.#before ?? []);
    this.#before = undefined;
    if (this.#step - this.#lookedAt > keptSteps) return;
    // Sums are tensors of their own; clones would share the memory that the step writes to.
    this.#before = tf.tidy(() => variablesOf(this.#model).map((variable) => tf.add(variable, 0)));
  }
}
