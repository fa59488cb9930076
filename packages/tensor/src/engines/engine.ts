// What an engine is to a program: a name, a tfjs backend behind it, and either a device or a reason why not.

/** Every engine, in the order in which "auto" tries them: those for GPUs first. */
export const engineNames = ["tensorflow-gpu", "webgpu", "native", "tensorflow", "wasm", "cpu"] as const;
/** An engine's name, as `useEngine` takes it. */
export type EngineName = (typeof engineNames)[number];

/** A usable engine. */
export interface Engine {
  /** Its name here, as `--engine` takes it. */
  name: EngineName;
  /** Its name in tfjs, as `tf.setBackend` takes it. */
  tfjsName: string;
  /** Whether a GPU computes. */
  gpu: boolean;
  /** What it runs on, in words. */
  device: string;
}

/** Why an engine cannot be used here; "wrong-setting": an environment variable has a value that cannot be. */
export type EngineProblem =
  | "not-installed"
  | "not-built"
  | "libraries-missing"
  | "no-gpu"
  | "wrong-setting"
  | "failed";

/** An engine as `engines()` lists it: usable with its device, or not, with the reason and a fix. */
export type EngineStatus =
  | (Engine & { usable: true })
  | (Omit<Engine, "device"> & { usable: false; code: EngineProblem; reason: string; fix: string });

/** An engine was asked for, or was tried, and cannot be used. */
export class EngineError extends Error {
  override readonly name = "EngineError";
  constructor(
    /** The engine's name, or what was given for one. */
    readonly engine: string,
    /** Which kind of problem; "unknown" when there is no such engine. */
    readonly code: EngineProblem | "unknown",
    /** What is wrong, in words. */
    readonly reason: string,
    /** What to do about it. */
    readonly fix: string,
    options?: ErrorOptions,
  ) {
    super(`${engine}: ${reason}; ${fix}`, options);
  }
}

/** What computes; asked once the backend has started. */
export interface Device {
  /** Description of the device. */
  describe(): string;
  /** Whether the device is a real GPU; engines for GPUs have this. */
  isHardware?(): boolean;
}

/** How an engine is started: registers its tfjs backend, without making it current, and answers with the device, or throws an EngineError. */
export interface EngineEntry extends Omit<Engine, "device"> {
  load(): Promise<Device>;
}
