// GPU times of single dispatches: every dispatch of a device becomes its own compute pass between two
// timestamps. Each adds some microseconds on the GPU, so whole steps are timed without this.

/** Dispatches between two reads: each needs two timestamps, and WebGPU's sets have at most 4096. */
const MOST = 2048;

export interface DispatchTime {
  /** Label of its pipeline. */
  label: string;
  seconds: number;
}

/** @returns a function that reads the times since its last call; commands must be submitted first */
export const timeDispatches = (device: GPUDevice): (() => Promise<DispatchTime[]>) => {
  const stamps = device.createQuerySet({ type: "timestamp", count: 2 * MOST });
  const size = 2 * MOST * BigUint64Array.BYTES_PER_ELEMENT;
  const resolved = device.createBuffer({
    size,
    usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
  });
  const readable = device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  let labels: string[] = [];

  /** A pass that is split at each dispatch. */
  const timed = (begin: GPUCommandEncoder["beginComputePass"]): Partial<GPUComputePassEncoder> => {
    let pipeline: GPUComputePipeline;
    const groups = new Map<number, GPUBindGroup>();
    return {
      setPipeline: (next) => {
        pipeline = next;
      },
      setBindGroup: (index: number, group: GPUBindGroup | null | undefined) => {
        if (group) groups.set(index, group);
      },
      dispatchWorkgroups: (...workgroups) => {
        if (labels.length === MOST)
          throw new Error(`dispatch-times: expected at most ${MOST} dispatches between reads`);
        const index = 2 * labels.push(pipeline.label) - 2;
        const pass = begin({
          timestampWrites: {
            querySet: stamps,
            beginningOfPassWriteIndex: index,
            endOfPassWriteIndex: index + 1,
          },
        });
        pass.setPipeline(pipeline);
        for (const [at, group] of groups) pass.setBindGroup(at, group);
        pass.dispatchWorkgroups(...workgroups);
        pass.end();
      },
      end: () => {},
    };
  };
  const create = device.createCommandEncoder.bind(device);
  device.createCommandEncoder = (descriptor) => {
    const encoder = create(descriptor);
    const begin = encoder.beginComputePass.bind(encoder);
    encoder.beginComputePass = () => timed(begin) as GPUComputePassEncoder;
    return encoder;
  };

  return async () => {
    const taken = labels;
    labels = [];
    if (taken.length === 0) return [];
    const encoder = create();
    encoder.resolveQuerySet(stamps, 0, 2 * taken.length, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, readable, 0, size);
    device.queue.submit([encoder.finish()]);
    await readable.mapAsync(GPUMapMode.READ);
    const times = new BigUint64Array(readable.getMappedRange().slice(0));
    readable.unmap();
    return taken.map((label, i) => ({ label, seconds: Number(times[2 * i + 1]! - times[2 * i]!) / 1e9 }));
  };
};
