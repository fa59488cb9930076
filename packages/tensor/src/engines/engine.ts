// Types of engines: a name, a tfjs backend, and either a device or a reason why the engine cannot be used.

/** All engines, in the order in which "auto" tries them, GPU engines first. */
export const engineNames = ["tensorflow-gpu", "webgpu", "native", "tensorflow", "wasm", "cpu"] as const;
/** An engine's name, as `useEngine` takes it. */
export type EngineName = (typeof engineNames)[number];

/** What convolutions multiply: 32-bit floats or, in "mixed" precision, 16-bit floats whose products are summed in 32 bits. */
export type Precision = "full" | "mixed";

/** How an engine is started. */
export interface EngineOptions {
  /** Default: what the environment variable `MLPCONV_PRECISION` says, else "full". */
  precision?: Precision | undefined;
}

/** A usable engine. */
export interface Engine {
  /** The engine's name, as for `--engine`. */
  name: EngineName;
  /** The backend's name in tfjs, as for `tf.setBackend`. */
  tfjsName: string;
  /** Whether the engine computes on a GPU. */
  gpu: boolean;
  /** Description of the device. */
  device: string;
}

/** Reason why an engine cannot be used; "wrong-setting": an environment variable has an invalid value; "no-mixed": it has no mixed precision. */
export type EngineProblem =
  | "not-installed"
  | "not-built"
  | "libraries-missing"
  | "no-gpu"
  | "no-mixed"
  | "wrong-setting"
  | "failed";

/** An engine as listed by `engines()`: usable with its device, or not, with the reason and a fix. */
export type EngineStatus =
  | (Engine & { usable: true })
  | (Omit<Engine, "device"> & { usable: false; code: EngineProblem; reason: string; fix: string });

/** An engine that was requested or tried cannot be used. */
export class EngineError extends Error {
  override readonly name = "EngineError";
  constructor(
    /** The engine's name, or the invalid name. */
    readonly engine: string,
    /** The kind of problem; "unknown" if there is no such engine. */
    readonly code: EngineProblem | "unknown",
    /** Description of the problem. */
    readonly reason: string,
    /** How to fix it. */
    readonly fix: string,
    options?: ErrorOptions,
  ) {
    super(`${engine}: ${reason}; ${fix}`, options);
  }
}

/** Device of an engine; queried once the backend has started. */
export interface Device {
  /** Description of the device. */
  describe(): string;
  /** Whether the device is a real GPU; defined by GPU engines only. */
  isHardware?(): boolean;
}

/** An engine that can be loaded: `load` registers its tfjs backend without activating it, and returns the device or throws an EngineError. */
export interface EngineEntry extends Omit<Engine, "device"> {
  load(options: EngineOptions): Promise<Device>;
  /** Whether the engine has mixed precision, on a device that has it. */
  mixed?: true;
}
