// Why the native backend cannot start here, in the words of an engine list: what is wrong and how to fix it.

/** The native backend cannot start on this machine: why not, and a fix. */
export class NativeError extends Error {
  override readonly name = "NativeError";
  constructor(
    /**
     * "not-built": there is no library for this machine and none could be made; "wrong-setting": an environment variable has a value that
     * cannot be; "failed": anything else.
     */
    readonly code: "not-built" | "wrong-setting" | "failed",
    /** What is wrong, in words. */
    readonly reason: string,
    /** What to do about it. */
    readonly fix: string,
    options?: ErrorOptions,
  ) {
    super(`native: ${reason}; ${fix}`, options);
  }
}
