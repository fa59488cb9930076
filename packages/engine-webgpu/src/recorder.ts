// Records the commands of tfjs's backend with buffers of its own, which stay allocated so that the commands can be submitted again.
import type { DataId } from "@tensorflow/tfjs-core";
import { BackwardPass, isByShape } from "./constants.js";
import { type Command, type Held, Recording, type Tensors } from "./recording.js";
import type { Uniforms } from "./uniforms.js";

/** The buffers of tfjs's backend, by size and use. */
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
  /** Buffers that the host fills once. */
  readonly #filled = new Set<GPUBuffer>();
  readonly #tensors = new Set<DataId>();
  readonly #written = new Set<DataId>();
  /** Tensors from the host that have the same values at every step. */
  readonly #constants = new Set<DataId>();
  readonly #backward = new BackwardPass();
  #replayable = true;

  constructor(device: GPUDevice, others: Buffers) {
    this.#device = device;
    this.#others = others;
  }

  /** Returns a buffer. A buffer is reused as soon as its tensor is disposed, because commands run in order; one that the host fills is not reused. */
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

  /** Whether the buffer belongs to this recording. */
  owns(buffer: unknown): boolean {
    return this.#own.has(buffer as GPUBuffer);
  }

  /** Called when a tensor is read or written. */
  touch(dataId: DataId, { resource, values }: Held): void {
    this.#tensors.add(dataId);
    if (!resource && ArrayBuffer.isView(values) && !this.#constants.has(dataId)) this.markNonReplayable();
  }

  /** Runs and records `body`. */
  run(body: () => void): void {
    this.#backward.watch(body);
  }

  /** Called when a tensor is created. Whether values from the host are constants depends on the code that creates them. */
  make(dataId: DataId): void {
    if (this.#backward.makesConstants) this.#constants.add(dataId);
  }

  /** Called when one of tfjs's programs gets uniforms beside the shapes of its tensors. */
  pass(shaderKey: string): void {
    if (!isByShape(shaderKey) && !this.#backward.makesConstants) this.markNonReplayable();
  }

  /** Called when the host reads a tensor, after which it may act differently at a replay. */
  read(): void {
    if (!this.#backward.makesConstants) this.markNonReplayable();
  }

  /** Called when a tensor is written in place. */
  write(dataId: DataId): void {
    this.#written.add(dataId);
  }

  /** Called when a replay would give other results: numbers come from the host, or a tensor could not be written in place. */
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

  /** Wraps an encoder so that its commands are recorded. The wrapper has the methods that tfjs's backend calls. */
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

  /** @returns undefined if the commands cannot be replayed */
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
