// The error when the native backend cannot start: its reason, and a fix.

/** The native backend cannot start on this machine. */
export class NativeError extends Error {
  override readonly name = "NativeError";
  constructor(
    /**
     * "not-built": there is no library for this machine and it could not be compiled; "wrong-setting": an environment variable has an invalid
     * value; "failed": anything else.
     */
    readonly code: "not-built" | "wrong-setting" | "failed",
    /** Description of the problem. */
    readonly reason: string,
    /** How to fix it. */
    readonly fix: string,
    options?: ErrorOptions,
  ) {
    super(`native: ${reason}; ${fix}`, options);
  }
}
