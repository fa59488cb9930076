// Records the commands of the stock backend, in buffers of its own that stay allocated, so that they can be submitted again.
import type { DataId } from "@tensorflow/tfjs-core";
import { BackwardPass, isByShape } from "./constants.js";
import { type Command, type Held, Recording, type Tensors } from "./recording.js";
import type { Uniforms } from "./uniforms.js";

/** The stock backend's buffers, by size and use. */
interface Buffers {
  acquireBuffer(size: number, usage: number, mapped?: boolean, reuse?: boolean): GPUBuffer;
  releaseBuffer(buffer: GPUBuffer, reuse?: boolean): void;
}

export class Recorder implements Buffers {
  readonly #device: GPUDevice;
  readonly #others: Buffers;
  readonly #commands: Command[] = [];
  readonly #rewritten = new Map<string, { buffer: GPUBuffer; uniforms: Uniforms }>();
  readonly #own = new Set<GPUBuffer>();
  readonly #free = new Map<string, GPUBuffer[]>();
  /** Buffers whose contents come from the host, once. */
  readonly #filled = new Set<GPUBuffer>();
  readonly #tensors = new Set<DataId>();
  readonly #written = new Set<DataId>();
  /** Tensors that the host made, with the same numbers at every step. */
  readonly #constants = new Set<DataId>();
  readonly #backward = new BackwardPass();
  #replayable = true;

  constructor(device: GPUDevice, others: Buffers) {
    this.#device = device;
    this.#others = others;
  }

  /** A buffer is used again as soon as its tensor is disposed of: commands run in their order. One that the host fills is never. */
  acquireBuffer(size: number, usage: number, mapped = false): GPUBuffer {
    const uniform = (usage & GPUBufferUsage.UNIFORM) !== 0;
    const free = mapped || uniform ? undefined : this.#free.get(`${size} ${usage}`)?.pop();
    if (free) return free;
    const buffer = this.#device.createBuffer({ size, usage, mappedAtCreation: mapped });
    this.#own.add(buffer);
    if (mapped || uniform) this.#filled.add(buffer);
    return buffer;
  }

  releaseBuffer(buffer: GPUBuffer, reuse?: boolean): void {
    if (!this.#own.has(buffer)) this.#others.releaseBuffer(buffer, reuse);
    else if (!this.#filled.has(buffer)) {
      const key = `${buffer.size} ${buffer.usage}`;
      this.#free.set(key, [...(this.#free.get(key) ?? []), buffer]);
    }
  }

  /** Whether the buffer is this recording's. */
  owns(buffer: unknown): boolean {
    return this.#own.has(buffer as GPUBuffer);
  }

  /** A tensor is read or written. */
  touch(dataId: DataId, { resource, values }: Held): void {
    this.#tensors.add(dataId);
    if (!resource && ArrayBuffer.isView(values) && !this.#constants.has(dataId)) this.markNonReplayable();
  }

  /** Runs what is recorded. */
  run(body: () => void): void {
    this.#backward.watch(body);
  }

  /** A tensor is created. Whether values from the host are constants depends on the code that creates it. */
  make(dataId: DataId): void {
    if (this.#backward.makesConstants) this.#constants.add(dataId);
  }

  /** A stock program gets uniforms beside the shapes of its tensors. */
  pass(shaderKey: string): void {
    if (!isByShape(shaderKey) && !this.#backward.makesConstants) this.markNonReplayable();
  }

  /** The host reads a tensor, and may act differently on other values. */
  read(): void {
    if (!this.#backward.makesConstants) this.markNonReplayable();
  }

  /** A tensor is written in place. */
  write(dataId: DataId): void {
    this.#written.add(dataId);
  }

  /** A replay would give other results: numbers come from the host, or a tensor could not be written in place. */
  markNonReplayable(): void {
    this.#replayable = false;
  }

  /** The buffer of the same uniforms, if they were used before. */
  uniformsOf({ key }: Uniforms): GPUBuffer | undefined {
    return this.#rewritten.get(key)?.buffer;
  }

  rewrite(buffer: GPUBuffer, uniforms: Uniforms): void {
    this.#rewritten.set(uniforms.key, { buffer, uniforms });
  }

  /** Wraps an encoder so that its commands are recorded. It has the methods that the stock backend calls. */
  watch(encoder: GPUCommandEncoder): GPUCommandEncoder {
    const commands = this.#commands;
    const watched = {
      beginComputePass: (descriptor?: GPUComputePassDescriptor) =>
        watchPass(encoder.beginComputePass(descriptor), commands),
      copyBufferToBuffer: (from: GPUBuffer, _: number, to: GPUBuffer, __: number, size: number) => {
        commands.push({ from, to, size });
        encoder.copyBufferToBuffer(from, 0, to, 0, size);
      },
      finish: () => encoder.finish(),
    };
    return watched as unknown as GPUCommandEncoder;
  }

  /** @returns undefined when it cannot be repeated */
  finish(tensors: Tensors, send: () => void): Recording | undefined {
    const places = [...this.#tensors]
      .filter((id) => tensors.has(id))
      .map((id) => [id, tensors.get(id).resource as GPUBuffer] as const);
    const results = places.filter(([, buffer]) => this.owns(buffer));
    for (const [id] of results) tensors.get(id).external = true;
    const read = places.filter(([, buffer]) => !this.owns(buffer));
    const recording = new Recording({
      device: this.#device,
      tensors,
      send,
      commands: this.#commands,
      rewritten: [...this.#rewritten.values()],
      buffers: this.#own,
      results,
      read,
      written: read.filter(([id]) => this.#written.has(id)),
    });
    if (this.#replayable) return recording;
    recording.dispose();
    return undefined;
  }
}

const watchPass = (pass: GPUComputePassEncoder, commands: Command[]): GPUComputePassEncoder => {
  let pipeline: GPUComputePipeline;
  let group: GPUBindGroup;
  const watched = {
    setPipeline: (set: GPUComputePipeline) => {
      pipeline = set;
      pass.setPipeline(set);
    },
    setBindGroup: (index: number, set: GPUBindGroup) => {
      group = set;
      pass.setBindGroup(index, set);
    },
    dispatchWorkgroups: (x: number, y = 1, z = 1) => {
      commands.push({ pipeline, group, workgroups: [x, y, z] });
      pass.dispatchWorkgroups(x, y, z);
    },
    end: () => pass.end(),
  };
  return watched as unknown as GPUComputePassEncoder;
};
