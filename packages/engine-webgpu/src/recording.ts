// A recorded sequence of GPU commands, which can be submitted again on the same buffers without running the host code that made it.
import type { DataId } from "@tensorflow/tfjs-core";
import type { Changes, Uniforms } from "./uniforms.js";

export type Command =
  | { pipeline: GPUComputePipeline; group: GPUBindGroup; workgroups: readonly [number, number, number] }
  | { from: GPUBuffer; to: GPUBuffer; size: number };

/** tfjs's entry for a tensor. The buffer of an `external` entry is not released by tfjs. */
export interface Held {
  resource?: unknown;
  external?: boolean;
  refCount: number;
  values?: unknown;
}

export interface Tensors {
  has(id: DataId): boolean;
  get(id: DataId): Held;
}

/** Tensors, and their buffers at the time of the recording. */
type Places = readonly (readonly [DataId, GPUBuffer])[];

interface Parts {
  device: GPUDevice;
  tensors: Tensors;
  /** Submits the commands that were recorded outside of this recording. */
  send: () => void;
  commands: readonly Command[];
  /** Uniforms that are rewritten before the commands are submitted again. */
  rewritten: readonly { buffer: GPUBuffer; uniforms: Uniforms }[];
  /** Buffers made for this recording. */
  buffers: ReadonlySet<GPUBuffer>;
  /** Results of the recorded step, each in its own buffer. */
  results: Places;
  /** Tensors from outside the recording that it reads. */
  read: Places;
  written: Places;
}

export class Recording {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Number of shader dispatches. */
  get dispatches(): number {
    return this.#parts.commands.filter((command) => "pipeline" in command).length;
  }

  /** Whether every tensor that it reads is still in the same buffer, and no tensor that it writes shares its values with another. */
  isValid(): boolean {
    const { tensors, read, written } = this.#parts;
    return (
      read.every(([id, buffer]) => tensors.has(id) && tensors.get(id).resource === buffer) &&
      written.every(([id]) => tensors.get(id).refCount === 1)
    );
  }

  /**
   * Submits the commands again; the results of the recorded step then have new values.
   *
   * @param changes attributes that differ from the recorded ones
   */
  replay(changes: Changes): void {
    const { device, tensors, send, rewritten, results, written } = this.#parts;
    send();
    for (const { buffer, uniforms } of rewritten)
      device.queue.writeBuffer(buffer, 0, uniforms.numbers(changes));
    const encoder = device.createCommandEncoder();
    this.#encode(encoder);
    device.queue.submit([encoder.finish()]);
    // Values that were already read to the host are out of date.
    for (const [id] of [...results, ...written]) if (tensors.has(id)) tensors.get(id).values = null;
  }

  /** Frees its buffers, except those of results that are still in use. */
  dispose(): void {
    const { tensors, buffers, results } = this.#parts;
    const kept = new Set(results.filter(([id]) => tensors.has(id)).map(([, buffer]) => buffer));
    for (const buffer of buffers) if (!kept.has(buffer)) buffer.destroy();
  }

  #encode(encoder: GPUCommandEncoder): void {
    let pass: GPUComputePassEncoder | undefined;
    let pipeline: GPUComputePipeline | undefined;
    for (const command of this.#parts.commands) {
      if ("pipeline" in command) {
        pass ??= encoder.beginComputePass();
        if (pipeline !== command.pipeline) pass.setPipeline(command.pipeline);
        pipeline = command.pipeline;
        pass.setBindGroup(0, command.group);
        pass.dispatchWorkgroups(...command.workgroups);
      } else {
        pass?.end();
        pass = pipeline = undefined;
        encoder.copyBufferToBuffer(command.from, 0, command.to, 0, command.size);
      }
    }
    pass?.end();
  }
}
