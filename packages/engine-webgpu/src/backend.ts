// tfjs's WebGPU backend on a device that this package opens. Our kernels are recorded into the same passes as tfjs's, in call order.
import { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import { type DataId, env, type TensorInfo, util } from "@tensorflow/tfjs-core";
import { checkDevice } from "./device/device-lost.js";
import type { Program } from "./program.js";
import { Recorder } from "./recorder.js";
import type { Recording } from "./recording.js";
import type { SavedTiles } from "./tiles/saved-tiles.js";
import { TileChoice } from "./tiles/tile-choice.js";
import type { Uniforms } from "./uniforms.js";
import { checkFinite } from "./wgsl/check-finite.js";
import type { MatrixUnit } from "./wgsl/matrix-unit.js";
import type { Precision } from "./wgsl/precision.js";

/** Private state of tfjs's backend: commands that are not submitted yet, and the resources that they use. */
interface Pending {
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  commandQueueOwnedIds: WeakSet<DataId>;
  uniformPendingDisposal: GPUBuffer[];
  dispatchCountInPass: number;
}

export interface BackendOptions {
  /** Storage of measured tiles. */
  tiles?: SavedTiles | undefined;
  /** Precision of the products in convolutions. Mixed needs the device's feature `shader-f16`. */
  precision?: Precision;
  /** The matrix unit for mixed precision. Default: products are computed by ordinary threads. Needs the device's features. */
  unit?: MatrixUnit | undefined;
  /** Whether the adapter is a CPU. */
  software?: boolean;
  /** Whether Winograd's algorithm may compute convolutions, in full precision. Default: not on a CPU, where its shaders compile slowly. */
  winograd?: boolean;
}

/** Destroys the unused buffers of tfjs's backend: a recording allocates its own, and there may not be memory for both. */
const freeUnused = (manager: object): void => {
  const kept = manager as {
    freeBuffers: Map<string, GPUBuffer[]>;
    numFreeBuffers: number;
    numBytesAllocated: number;
  };
  for (const buffers of kept.freeBuffers.values()) {
    for (const buffer of buffers.splice(0)) {
      kept.numFreeBuffers--;
      kept.numBytesAllocated -= buffer.size;
      buffer.destroy();
    }
  }
};

export class TrainingBackend extends WebGPUBackend {
  readonly #pipelines = new Map<string, GPUComputePipeline>();
  readonly #derived = new Map<DataId, { other: DataId; tensor: TensorInfo }>();
  #recorder: Recorder | undefined;
  #foundInf: TensorInfo | undefined;
  readonly tiles: TileChoice;
  readonly precision: Precision;
  readonly unit: MatrixUnit | undefined;
  readonly software: boolean;
  readonly winograd: boolean;

  constructor(
    device: GPUDevice,
    info: GPUAdapterInfo,
    { tiles, precision = "full", unit, software = false, winograd = !software }: BackendOptions = {},
  ) {
    super(device, info);
    this.unit = precision === "mixed" ? unit : undefined;
    this.tiles = new TileChoice(device, tiles);
    this.precision = precision;
    this.software = software;
    this.winograd = winograd && precision === "full";
  }

  /** State of tfjs's backend that TypeScript declares private. */
  get #pending(): Pending {
    return this as unknown as Pending;
  }

  /**
   * Records a program after all earlier commands.
   *
   * @param tensors its storage bindings, in order
   * @param numbers its uniforms, in the binding after the tensors
   */
  record({ key, code, workgroups }: Program, tensors: readonly TensorInfo[], numbers?: Uniforms): void {
    for (const { dataId } of tensors) this.uploadToGPU(dataId);
    const pipeline = this.#pipeline(key, code);
    const resources: GPUBindingResource[] = tensors.map(({ dataId }) => ({ buffer: this.bufferOf(dataId) }));
    if (numbers) resources.push({ buffer: this.#uniforms(numbers) });
    const group = this.device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: resources.map((resource, binding) => ({ binding, resource })),
    });
    this.ensureCommandEncoderReady();
    const pending = this.#pending;
    for (const { dataId } of tensors) pending.commandQueueOwnedIds.add(dataId);
    pending.computePassEncoder ??= pending.commandEncoder!.beginComputePass();
    pending.computePassEncoder.setPipeline(pipeline);
    pending.computePassEncoder.setBindGroup(0, group);
    pending.computePassEncoder.dispatchWorkgroups(...workgroups);
    pending.dispatchCountInPass++;
    if (pending.dispatchCountInPass >= env().getNumber("WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE")) this.send();
  }

  /**
   * Measures the fastest tile for each product recorded so far; from then on the product uses that tile, with the same results. The first time, this
   * takes up to seconds of GPU time and memory for the largest product. Skipped on a CPU, where compiling takes longer than a better tile saves.
   */
  async tune(): Promise<void> {
    if (this.software) return;
    try {
      await this.tiles.tune((key, pipeline) => this.#pipelines.set(key, pipeline));
    } finally {
      checkDevice();
    }
  }

  /** Submits the recorded commands, if any. */
  send(): void {
    if (!this.#pending.commandEncoder) return;
    this.endComputePassEncoder();
    this.submitQueue();
  }

  /** A new tensor with the values of another one. */
  copied(tensor: TensorInfo): TensorInfo {
    const copy = this.makeTensorInfo(tensor.shape, tensor.dtype);
    for (const { dataId } of [tensor, copy]) this.uploadToGPU(dataId);
    this.ensureCommandEncoderReady();
    this.endComputePassEncoder();
    const [from, to] = [this.bufferOf(tensor.dataId), this.bufferOf(copy.dataId)];
    this.#pending.commandEncoder!.copyBufferToBuffer(from, 0, to, 0, from.size);
    for (const { dataId } of [tensor, copy]) this.#pending.commandQueueOwnedIds.add(dataId);
    return copy;
  }

  /**
   * A tensor that several kernels compute from the same two tensors: made once, and kept until the first of them is disposed or either is
   * overwritten.
   */
  derived(tensor: TensorInfo, other: TensorInfo, make: () => TensorInfo): TensorInfo {
    const kept = this.#derived.get(tensor.dataId);
    if (kept?.other === other.dataId) return kept.tensor;
    this.#forget(tensor.dataId);
    const made = make();
    this.#derived.set(tensor.dataId, { other: other.dataId, tensor: made });
    return made;
  }

  /** Disposes of tensors derived from one that was disposed or is about to be written. */
  #forget(dataId: DataId): void {
    for (const [id, { other, tensor }] of this.#derived) {
      if (id !== dataId && other !== dataId) continue;
      this.#derived.delete(id);
      this.disposeData(tensor.dataId);
    }
  }

  /** The tensor itself, for a kernel that overwrites it, if no other tensor shares its values; otherwise a copy. */
  writable(tensor: TensorInfo): TensorInfo {
    if (this.refCount(tensor.dataId) > 1) {
      // A replay would write to the copy.
      this.#recorder?.markNonReplayable();
      return this.copied(tensor);
    }
    this.#forget(tensor.dataId);
    this.uploadToGPU(tensor.dataId);
    this.#recorder?.write(tensor.dataId);
    // Values that were already read to the host are out of date after the write.
    this.tensorMap.get(tensor.dataId).values = null as never;
    this.incRef(tensor.dataId);
    return { ...tensor };
  }

  /** Copies another tensor's values into a tensor of the same shape and type. */
  overwrite(tensor: TensorInfo, source: TensorInfo): void {
    this.send();
    this.#forget(tensor.dataId);
    this.uploadToGPU(tensor.dataId);
    const { values } = this.tensorMap.get(source.dataId);
    const to = this.bufferOf(tensor.dataId);
    if (ArrayBuffer.isView(values)) {
      this.queue.writeBuffer(to, 0, values as ArrayBufferView<ArrayBuffer>);
    } else {
      this.ensureCommandEncoderReady();
      this.#pending.commandEncoder!.copyBufferToBuffer(this.bufferOf(source.dataId), 0, to, 0, to.size);
      this.send();
    }
    this.tensorMap.get(tensor.dataId).values = null as never;
  }

  /**
   * Runs `body` and records its commands. Tensors from outside that it reads must stay in the same buffers.
   *
   * @returns undefined if a replay would give other results: when numbers from the host are neither constants of tfjs's gradients nor
   * attributes of a kernel that `replay` can change, or when a tensor could not be written in place
   */
  capture(body: () => void): Recording | undefined {
    this.send();
    const others = this.bufferManager;
    freeUnused(others);
    const recorder = new Recorder(this.device, others);
    // tfjs's buffer manager class is not exported; tfjs calls only these two of its methods.
    this.bufferManager = recorder as unknown as typeof others;
    this.#recorder = recorder;
    try {
      recorder.run(body);
      this.send();
    } finally {
      this.bufferManager = others;
      this.#recorder = undefined;
    }
    return recorder.finish(this.tensorMap, () => this.send());
  }

  /** Runs `body`. Its updates change nothing if `loss` is not finite, or was not in an earlier step; `foundInf` holds that flag. */
  skipIfNonFinite(loss: TensorInfo, foundInf: TensorInfo, body: () => void): void {
    // Uploaded without the recorder's check, because this value is meant to come from the host.
    super.uploadToGPU(foundInf.dataId);
    this.record(checkFinite, [foundInf, loss]);
    this.#foundInf = foundInf;
    try {
      body();
    } finally {
      this.#foundInf = undefined;
    }
  }

  /** Flag for updates, which are skipped when it is not zero; undefined for updates that are never skipped. */
  get foundInf(): TensorInfo | undefined {
    return this.#foundInf;
  }

  override ensureCommandEncoderReady(): void {
    const pending = this.#pending;
    if (pending.commandEncoder) return;
    super.ensureCommandEncoderReady();
    if (this.#recorder) pending.commandEncoder = this.#recorder.watch(pending.commandEncoder!);
  }

  override write(...call: Parameters<WebGPUBackend["write"]>): DataId {
    const dataId = super.write(...call);
    this.#recorder?.make(dataId);
    return dataId;
  }

  /** Disables computing on the host while a step is recorded, because a replay would not repeat it. */
  override shouldExecuteOnCPU(...call: Parameters<WebGPUBackend["shouldExecuteOnCPU"]>): boolean {
    return !this.#recorder && super.shouldExecuteOnCPU(...call);
  }

  override readSync(dataId: DataId): ReturnType<WebGPUBackend["readSync"]> {
    this.#recorder?.read();
    return super.readSync(dataId);
  }

  override uploadToGPU(dataId: DataId): void {
    this.#recorder?.touch(dataId, this.tensorMap.get(dataId));
    super.uploadToGPU(dataId);
  }

  override disposeData(dataId: DataId, force?: boolean): boolean {
    // The next command may reuse the buffer at once, because it is recorded after this one.
    if (this.tensorMap.has(dataId) && this.#recorder?.owns(this.tensorMap.get(dataId).resource)) {
      this.#pending.commandQueueOwnedIds.delete(dataId);
    }
    const gone = super.disposeData(dataId, force);
    if (gone) this.#forget(dataId);
    return gone;
  }

  /** @throws the error that ended the device, if the values can no longer be read */
  override async read(dataId: DataId): ReturnType<WebGPUBackend["read"]> {
    const { shape, dtype, values } = this.tensorMap.get(dataId);
    // An empty tensor has no buffer on the GPU.
    if (!values && util.sizeFromShape(shape) === 0 && dtype !== "string") {
      return util.getTypedArrayFromDType(dtype, 0);
    }
    try {
      return await super.read(dataId);
    } finally {
      checkDevice();
    }
  }

  /** @throws Error when a kernel of tfjs reads an empty tensor: WebGPU has no empty buffers, and the device would fail later */
  override runWebGPUProgram(...call: Parameters<WebGPUBackend["runWebGPUProgram"]>): TensorInfo {
    const [program, inputs, , uniforms] = call;
    const { outputShape, shaderKey } = program;
    if (uniforms) this.#recorder?.pass(shaderKey);
    // tfjs's transpose shaders write integers as floats: one does not compile, the other rounds integers above 2^24.
    if (shaderKey.startsWith("transpose") && inputs[0]!.dtype !== "float32") {
      const code = program.getUserCode();
      program.getUserCode = () =>
        code.replaceAll("setOutputAtIndex(", "setOutputAtIndexI32(").replaceAll("f32", "i32");
    }
    if (util.sizeFromShape(outputShape) > 0) {
      for (const { shape } of inputs) {
        if (util.sizeFromShape(shape) > 0) continue;
        throw new Error(`webgpu: expected tensors with values, got one of shape [${shape}]`);
      }
    }
    return super.runWebGPUProgram(...call);
  }

  /** A tensor's values if they are on the host; undefined if they are only on the GPU. */
  hostValues({ dataId }: TensorInfo): ArrayLike<number> | undefined {
    const { values } = this.tensorMap.get(dataId);
    return ArrayBuffer.isView(values) ? (values as unknown as ArrayLike<number>) : undefined;
  }

  bufferOf(dataId: DataId): GPUBuffer {
    return this.tensorMap.get(dataId).resource as GPUBuffer;
  }

  #pipeline(key: string, code: string): GPUComputePipeline {
    const kept = this.#pipelines.get(key);
    if (kept) return kept;
    const module = this.device.createShaderModule({ code, label: key });
    const made = this.device.createComputePipeline({
      label: key,
      layout: "auto",
      compute: { module, entryPoint: "main" },
    });
    this.#pipelines.set(key, made);
    return made;
  }

  #uniforms(uniforms: Uniforms): GPUBuffer {
    const shared = this.#recorder?.uniformsOf(uniforms);
    if (shared) return shared;
    const numbers = uniforms.numbers({});
    const size = Math.ceil(numbers.byteLength / 16) * 16;
    const buffer = this.bufferManager.acquireBuffer(size, GPUBufferUsage.COPY_DST | GPUBufferUsage.UNIFORM);
    this.queue.writeBuffer(buffer, 0, numbers);
    this.#recorder?.rewrite(buffer, uniforms);
    // The buffer can be reused once these commands are submitted: later writes are queued after them.
    this.#pending.uniformPendingDisposal.push(buffer);
    return buffer;
  }
}
