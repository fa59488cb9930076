// tfjs's backend on a device of ours, and how our kernels record their work among its own: in the same pass, in the same order.
import { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import { type DataId, env, type TensorInfo } from "@tensorflow/tfjs-core";
import { checkDevice } from "./device/losses.js";

/** What the stock backend keeps to itself: the commands that wait to be sent, and what must live until they are. */
interface Pending {
  commandEncoder: GPUCommandEncoder;
  computePassEncoder: GPUComputePassEncoder | null;
  commandQueueOwnedIds: WeakSet<DataId>;
  uniformPendingDisposal: GPUBuffer[];
  dispatchCountInPass: number;
}

/** A compute shader and how many workgroups of it there are. */
export interface Program {
  /** Unique for its code: pipelines are kept by it. */
  key: string;
  /** WGSL; its entry point is `main`. */
  code: string;
  workgroups: readonly [x: number, y?: number, z?: number];
}

export class TrainingBackend extends WebGPUBackend {
  readonly #pipelines = new Map<string, GPUComputePipeline>();

  /** The stock backend's own state: TypeScript calls it private, JavaScript does not. */
  get #pending(): Pending {
    return this as unknown as Pending;
  }

  /**
   * Records a program behind all that was recorded before it.
   *
   * @param tensors its storage bindings, in the order of their numbers
   * @param numbers its uniforms, 32 bits each, in the binding behind those
   */
  record(
    { key, code, workgroups }: Program,
    tensors: readonly TensorInfo[],
    numbers?: ArrayBufferView<ArrayBuffer>,
  ): void {
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
    pending.computePassEncoder ??= pending.commandEncoder.beginComputePass();
    pending.computePassEncoder.setPipeline(pipeline);
    pending.computePassEncoder.setBindGroup(0, group);
    pending.computePassEncoder.dispatchWorkgroups(...workgroups);
    pending.dispatchCountInPass++;
    if (pending.dispatchCountInPass >= env().getNumber("WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE")) this.send();
  }

  /** Sends what was recorded. */
  send(): void {
    this.endComputePassEncoder();
    this.ensureCommandEncoderReady();
    this.submitQueue();
  }

  /** A new tensor with the numbers of another one. */
  copied(tensor: TensorInfo): TensorInfo {
    const copy = this.makeTensorInfo(tensor.shape, tensor.dtype);
    for (const { dataId } of [tensor, copy]) this.uploadToGPU(dataId);
    this.ensureCommandEncoderReady();
    this.endComputePassEncoder();
    const [from, to] = [this.bufferOf(tensor.dataId), this.bufferOf(copy.dataId)];
    this.#pending.commandEncoder.copyBufferToBuffer(from, 0, to, 0, from.size);
    for (const { dataId } of [tensor, copy]) this.#pending.commandQueueOwnedIds.add(dataId);
    return copy;
  }

  /** The tensor itself for a kernel that writes over it, once nobody else holds its numbers; else a copy of it. */
  writable(tensor: TensorInfo): TensorInfo {
    if (this.refCount(tensor.dataId) > 1) return this.copied(tensor);
    this.uploadToGPU(tensor.dataId);
    // What was read of it once is about to be old.
    this.tensorMap.get(tensor.dataId).values = null as never;
    this.incRef(tensor.dataId);
    return { ...tensor };
  }

  /** @throws what happened to the device, where the numbers will never come */
  override async read(dataId: DataId): ReturnType<WebGPUBackend["read"]> {
    try {
      return await super.read(dataId);
    } finally {
      checkDevice();
    }
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

  #uniforms(numbers: ArrayBufferView<ArrayBuffer>): GPUBuffer {
    const size = Math.ceil(numbers.byteLength / 16) * 16;
    const buffer = this.bufferManager.acquireBuffer(size, GPUBufferUsage.COPY_DST | GPUBufferUsage.UNIFORM);
    this.queue.writeBuffer(buffer, 0, numbers);
    // Free for others once these commands are sent: what is written to it afterwards is in the queue behind them.
    this.#pending.uniformPendingDisposal.push(buffer);
    return buffer;
  }
}
