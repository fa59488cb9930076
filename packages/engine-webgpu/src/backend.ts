// tfjs's WebGPU backend on a device that this package opens. Our kernels are recorded in the same pass as tfjs's, in call order.
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

/** Private state of the stock backend: commands not yet submitted, and the resources that they use. */
interface Pending {
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  commandQueueOwnedIds: WeakSet<DataId>;
  uniformPendingDisposal: GPUBuffer[];
  dispatchCountInPass: number;
}

export interface BackendOptions {
  /** Where tiles were measured before. */
  tiles?: SavedTiles | undefined;
  /** Precision of the products in convolutions. Mixed needs the device's feature `shader-f16`. */
  precision?: Precision;
  /** The matrix unit that multiplies in mixed precision. Default: threads multiply. Needs the device's features. */
  unit?: MatrixUnit | undefined;
  /** Whether the adapter is a CPU. */
  software?: boolean;
}

/** Destroys the stock backend's unused buffers: a recording allocates its own, and there may not be memory for both. */
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

  constructor(
    device: GPUDevice,
    info: GPUAdapterInfo,
    { tiles, precision = "full", unit, software = false }: BackendOptions = {},
  ) {
    super(device, info);
    this.unit = precision === "mixed" ? unit : undefined;
    this.tiles = new TileChoice(device, tiles);
    this.precision = precision;
    this.software = software;
  }

  /** The stock backend's own state: TypeScript calls it private, JavaScript does not. */
  get #pending(): Pending {
    return this as unknown as Pending;
  }

  /**
   * Records a program behind all that was recorded before it.
   *
   * @param tensors its storage bindings, in the order of their numbers
   * @param numbers its uniforms, in the binding behind those
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
   * Finds the fastest tile for each product that was recorded so far; the same product is recorded in that tile from then on, for the same numbers.
   * Takes the GPU for up to seconds the first time, and memory for the largest product. A CPU compiles longer than it could ever win.
   */
  async tune(): Promise<void> {
    if (this.software) return;
    try {
      await this.tiles.tune((key, pipeline) => this.#pipelines.set(key, pipeline));
    } finally {
      checkDevice();
    }
  }

  /** Submits the recorded commands, if there are any. */
  send(): void {
    if (!this.#pending.commandEncoder) return;
    this.endComputePassEncoder();
    this.submitQueue();
  }

  /** A new tensor with the numbers of another one. */
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
   * written.
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

  /** The tensor itself for a kernel that writes over it, if no other tensor shares its values; else a copy of it. */
  writable(tensor: TensorInfo): TensorInfo {
    if (this.refCount(tensor.dataId) > 1) {
      // At a replay the values would be in the copy.
      this.#recorder?.markNonReplayable();
      return this.copied(tensor);
    }
    this.#forget(tensor.dataId);
    this.uploadToGPU(tensor.dataId);
    this.#recorder?.write(tensor.dataId);
    // Values that were read to the host are out of date after the write.
    this.tensorMap.get(tensor.dataId).values = null as never;
    this.incRef(tensor.dataId);
    return { ...tensor };
  }

  /** Gives a tensor the numbers of another one of its shape and type. */
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
   * Runs `body` and records its commands. Tensors from outside that it reads must stay in their buffers.
   *
   * @returns undefined when a replay would give other results: where numbers came from the host that are neither constants of tfjs's
   * gradients nor attributes of a kernel that `replay` can change, or a tensor could not be written in place
   */
  capture(body: () => void): Recording | undefined {
    this.send();
    const others = this.bufferManager;
    freeUnused(others);
    const recorder = new Recorder(this.device, others);
    // The stock class is not exported, and calls these two of its methods.
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

  /** Runs `body`, whose updates change nothing if `loss` is not finite or was not in an earlier step; `foundInf` holds that flag. */
  skipIfNonFinite(loss: TensorInfo, foundInf: TensorInfo, body: () => void): void {
    // Uploaded without the recorder's check: the flag comes from the host on purpose.
    super.uploadToGPU(foundInf.dataId);
    this.record(checkFinite, [foundInf, loss]);
    this.#foundInf = foundInf;
    try {
      body();
    } finally {
      this.#foundInf = undefined;
    }
  }

  /** A flag for updates, which change nothing where it is not zero; undefined for an update that is never skipped. */
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

  /** Nothing is computed on the host while a step is recorded: a replay would not repeat it. */
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

  /** @throws the error that ended the device, if the values cannot be read any more */
  override async read(dataId: DataId): ReturnType<WebGPUBackend["read"]> {
    const { shape, dtype, values } = this.tensorMap.get(dataId);
    // A tensor without values has no buffer on the GPU.
    if (!values && util.sizeFromShape(shape) === 0 && dtype !== "string") {
      return util.getTypedArrayFromDType(dtype, 0);
    }
    try {
      return await super.read(dataId);
    } finally {
      checkDevice();
    }
  }

  /** @throws Error where a stock kernel would read a tensor without values: WebGPU has no empty buffers, and the device fails later */
  override runWebGPUProgram(...call: Parameters<WebGPUBackend["runWebGPUProgram"]>): TensorInfo {
    const [program, inputs, , uniforms] = call;
    const { outputShape, shaderKey } = program;
    if (uniforms) this.#recorder?.pass(shaderKey);
    // The stock transpose shaders write integers as floats: one does not compile, the other rounds integers above 2^24.
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

  /** A tensor's values where the host still has them; undefined when the GPU alone does. */
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
    // Can be reused once these commands are submitted: later writes are queued after them.
    this.#pending.uniformPendingDisposal.push(buffer);
    return buffer;
  }
}
