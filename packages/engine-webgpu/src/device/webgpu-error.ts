// Why this engine cannot start here, told so that a program can pass it on: what is wrong and what to do.

/** No adapter, one that is software, or one that lacks what the kernels need. */
export class WebGpuError extends Error {
  override readonly name = "WebGpuError";
  constructor(
    /** Which kind of problem. */
    readonly code: "no-gpu" | "libraries-missing" | "wrong-setting" | "failed",
    /** What is wrong, in words. */
    readonly reason: string,
    /** What to do about it. */
    readonly fix: string,
    options?: ErrorOptions,
  ) {
    super(`webgpu: ${reason}; ${fix}`, options);
  }
}
