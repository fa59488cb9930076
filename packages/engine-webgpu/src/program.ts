// A compute shader and its number of workgroups.

/** A compute shader and its number of workgroups. */
export interface Program {
  /** Unique for the code; pipelines are cached under it. */
  key: string;
  /** WGSL; its entry point is `main`. */
  code: string;
  workgroups: readonly [x: number, y?: number, z?: number];
}
