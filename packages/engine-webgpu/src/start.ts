// Registers tfjs's backend "webgpu" on a device that this package opens, in place of the backend that tfjs registers.
import { env, findBackendFactory, registerBackend, removeBackend } from "@tensorflow/tfjs-core";
import { TrainingBackend } from "./backend.js";
import { watch } from "./device/device-lost.js";
import {
  describeAdapter,
  isSoftware,
  type OpenDevice,
  openDevice,
  precisionOf,
} from "./device/open-device.js";
import { WebGpuError } from "./device/webgpu-error.js";
import { SavedTiles, type TextStore } from "./tiles/saved-tiles.js";
import { matrixUnitOf } from "./wgsl/matrix-unit.js";
import type { Precision } from "./wgsl/precision.js";

/** Priority of tfjs's own webgpu backend. */
const PRIORITY = 3;

let opened: Promise<OpenDevice> | undefined;
let started: OpenDevice | undefined;

export interface StartOptions {
  /** Part of the requested adapter's name. */
  wanted?: string | undefined;
  /** "full" or "mixed", where `PrepareOptions` do not say. */
  precision?: string | undefined;
  /** Storage of measured tiles. */
  store: TextStore;
}

/** How the backend shall start. */
export interface PrepareOptions {
  /** Precision of convolutions. Default: that of the environment variable `MLPCONV_PRECISION` in Node, else full. */
  precision?: Precision | undefined;
}

/**
 * @param gpu source of adapters; called once, when the engine is first used
 * @returns a function that opens the adapter before the backend starts
 */
export const start = (
  gpu: () => Promise<GPU>,
  { wanted, precision, store }: StartOptions,
): ((options?: PrepareOptions) => Promise<void>) => {
  let asked = precision;
  // Compute small tensors on the GPU too: sums on the CPU would be rounded differently, and the values would have to be read back first.
  env().set("WEBGPU_CPU_FORWARD", false);
  // Dispatches in each submit: a submit costs as much as several dispatches, but a GPU without work idles.
  env().set("WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE", 64);
  const open = () => {
    // A wrong setting is also reported on machines without a GPU.
    opened ??= (async () => {
      precisionOf(asked);
      return openDevice(await gpu(), wanted, asked);
    })();
    // After a failure, the next call tries again.
    opened.catch(() => {
      opened = undefined;
    });
    return opened;
  };
  if (findBackendFactory("webgpu")) removeBackend("webgpu");
  registerBackend(
    "webgpu",
    async () => {
      const found = await open();
      const { adapter, device, precision } = found;
      opened = undefined;
      watch({ adapter, device });
      started = found;
      const software = isSoftware(adapter);
      return new TrainingBackend(device, adapter.info, {
        tiles: await SavedTiles.open(store, adapter.info),
        precision,
        // A software rasteriser emulates matrix units with shaders that take minutes to compile.
        unit: software ? undefined : matrixUnitOf(adapter),
        software,
      });
    },
    PRIORITY,
  );
  return async ({ precision: now } = {}) => {
    if (started) {
      if (now === undefined || now === started.precision) return;
      throw new WebGpuError(
        "failed",
        `expected ${now} precision before the engine started, got ${started.precision}`,
        "start a new process",
      );
    }
    if (now !== undefined && now !== asked) {
      asked = now;
      opened = undefined;
    }
    await open();
  };
};

const adapter = (): GPUAdapter => {
  if (!started) throw new Error('webgpu: has not started; call `await tf.setBackend("webgpu")` first');
  return started.adapter;
};

/**
 * The adapter's name and features, for example "nvidia-h100-80gb-hbm3, NVIDIA: 550.54.15, with shader-f16, subgroups".
 * @throws Error when the backend has not started: call `await tf.setBackend("webgpu")` first
 */
export const describe = (): string => describeAdapter(adapter());

/**
 * Whether the adapter is a GPU, not a software rasteriser selected by `MLPCONV_WEBGPU`.
 * @throws Error when the backend has not started
 */
export const isHardware = (): boolean => !isSoftware(adapter());
