// Measures a program's time with GPU timestamps, on buffers with arbitrary contents.

/** Duration of a measurement, in nanoseconds: a program is repeated often enough that a clock of 100 microseconds can distinguish two programs. */
const nanosecondsInRun = 1e6;
const mostDispatches = 50;
const RUNS = 3;
/** Unmeasured dispatches before the first measurement, which would include work that the driver deferred. */
const warmUps = 2;

export interface Timed {
  pipeline: GPUComputePipeline;
  workgroups: readonly [x: number, y?: number, z?: number];
  /** Sizes of its storage bindings. */
  bytes: readonly number[];
}

export class Stopwatch {
  readonly #device: GPUDevice;
  /** A buffer for each binding, as large as the largest program needs. */
  readonly #buffers: GPUBuffer[];
  readonly #queries: GPUQuerySet;
  readonly #resolved: GPUBuffer;
  readonly #read: GPUBuffer;

  private constructor(device: GPUDevice, bytes: readonly number[]) {
    this.#device = device;
    this.#buffers = bytes.map((size) => device.createBuffer({ size, usage: GPUBufferUsage.STORAGE }));
    this.#queries = device.createQuerySet({ type: "timestamp", count: 2 * RUNS });
    const size = 2 * RUNS * BigUint64Array.BYTES_PER_ELEMENT;
    this.#resolved = device.createBuffer({
      size,
      usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
    });
    this.#read = device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  }

  /** @returns undefined if there is not enough memory */
  static async for(
    device: GPUDevice,
    programs: readonly Pick<Timed, "bytes">[],
  ): Promise<Stopwatch | undefined> {
    const bytes: number[] = [];
    for (const program of programs)
      program.bytes.forEach((size, i) => {
        bytes[i] = Math.max(bytes[i] ?? 0, size);
      });
    device.pushErrorScope("out-of-memory");
    const stopwatch = new Stopwatch(device, bytes);
    if (!(await device.popErrorScope())) return stopwatch;
    stopwatch.free();
    return undefined;
  }

  /** Nanoseconds of one dispatch: the median of several measurements, or the first measurement if it is longer than `enough`. */
  async time(timed: Timed, enough = Number.POSITIVE_INFINITY): Promise<number> {
    const first = (await this.#runs(timed, warmUps, 1)).at(-1)!;
    if (first > enough) return first;
    const dispatches = Math.min(mostDispatches, Math.ceil(nanosecondsInRun / Math.max(first, 1)));
    const runs = await this.#runs(timed, RUNS, dispatches);
    return runs.sort((a, b) => a - b)[RUNS >> 1]! / dispatches;
  }

  async #runs({ pipeline, workgroups, bytes }: Timed, runs: number, dispatches: number): Promise<number[]> {
    const group = this.#device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: bytes.map((size, binding) => ({
        binding,
        resource: { buffer: this.#buffers[binding]!, size },
      })),
    });
    const encoder = this.#device.createCommandEncoder();
    for (let run = 0; run < runs; run++) {
      const pass = encoder.beginComputePass({
        timestampWrites: {
          querySet: this.#queries,
          beginningOfPassWriteIndex: 2 * run,
          endOfPassWriteIndex: 2 * run + 1,
        },
      });
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group);
      for (let i = 0; i < dispatches; i++) pass.dispatchWorkgroups(...workgroups);
      pass.end();
    }
    encoder.resolveQuerySet(this.#queries, 0, 2 * runs, this.#resolved, 0);
    encoder.copyBufferToBuffer(this.#resolved, 0, this.#read, 0, this.#read.size);
    this.#device.queue.submit([encoder.finish()]);
    await this.#read.mapAsync(GPUMapMode.READ);
    const times = new BigUint64Array(this.#read.getMappedRange().slice(0));
    this.#read.unmap();
    return Array.from({ length: runs }, (_, run) => Number(times[2 * run + 1]! - times[2 * run]!));
  }

  free(): void {
    for (const buffer of [...this.#buffers, this.#resolved, this.#read]) buffer.destroy();
    this.#queries.destroy();
  }
}
