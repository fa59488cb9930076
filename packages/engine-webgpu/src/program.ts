// A compute shader and how many of its workgroups run.

/** A compute shader and how many workgroups of it there are. */
export interface Program {
  /** Unique for its code: pipelines are kept by it. */
  key: string;
  /** WGSL; its entry point is `main`. */
  code: string;
  workgroups: readonly [x: number, y?: number, z?: number];
}
