// Registers tfjs's backend "webgpu" on a device that this package opens, in place of the one that tfjs would open by itself.
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
import { SavedTiles, type TextStore } from "./tiles/saved-tiles.js";
import { matrixUnitOf } from "./wgsl/matrix-unit.js";

/** The stock backend's own rank among those that tfjs chooses from. */
const PRIORITY = 3;

let opened: Promise<OpenDevice> | undefined;
let started: GPUAdapter | undefined;

export interface StartOptions {
  /** Part of an adapter's name. */
  wanted?: string | undefined;
  /** "full" or "mixed". */
  precision?: string | undefined;
  /** Where the tiles are kept that were measured. */
  store: TextStore;
}

/**
 * @param gpu where adapters come from; asked once, when the engine is wanted
 * @returns what opens the adapter before the backend starts
 */
export const start = (
  gpu: () => Promise<GPU>,
  { wanted, precision, store }: StartOptions,
): (() => Promise<void>) => {
  // Compute small tensors on the GPU too: on the CPU their sums would be rounded differently, and they would have to be read back first.
  env().set("WEBGPU_CPU_FORWARD", false);
  // Dispatches per submit: a submit costs as much as several dispatches, but a GPU without work idles.
  env().set("WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE", 64);
  const open = () => {
    // A wrong setting is an error on machines without a GPU, too.
    opened ??= (async () => {
      precisionOf(precision);
      return openDevice(await gpu(), wanted, precision);
    })();
    // A failed attempt can be repeated.
    opened.catch(() => {
      opened = undefined;
    });
    return opened;
  };
  if (findBackendFactory("webgpu")) removeBackend("webgpu");
  registerBackend(
    "webgpu",
    async () => {
      const { adapter, device, precision } = await open();
      opened = undefined;
      watch({ adapter, device });
      started = adapter;
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
  return async () => {
    if (!started) await open();
  };
};

const adapter = (): GPUAdapter => {
  if (!started) throw new Error('webgpu: has not started; call `await tf.setBackend("webgpu")` first');
  return started;
};

/**
 * The adapter's name and what it can do, for example "nvidia-h100-80gb-hbm3, NVIDIA: 550.54.15, with shader-f16, subgroups".
 * @throws Error when the backend has not started: call `await tf.setBackend("webgpu")` first
 */
export const describe = (): string => describeAdapter(adapter());

/**
 * Whether the adapter is a GPU, not a software rasteriser that `MLPCONV_WEBGPU` named.
 * @throws Error when the backend has not started
 */
export const isHardware = (): boolean => !isSoftware(adapter());
