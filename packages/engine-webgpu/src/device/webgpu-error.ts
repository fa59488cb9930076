// The error when this engine cannot start: its reason, and a fix.

/** There is no adapter, or only a software one, or the adapter lacks a required feature. */
export class WebGpuError extends Error {
  override readonly name = "WebGpuError";
  constructor(
    /** The kind of problem. */
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
