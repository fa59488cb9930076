// Why the native backend cannot start here, in the words of an engine list: what is wrong and how to mend it.

export class NativeError extends Error {
  override readonly name = "NativeError";
  constructor(
    /** "not-built": there is no library for this machine and none could be made; "failed": anything else. */
    readonly code: "not-built" | "failed",
    readonly reason: string,
    readonly fix: string,
    options?: ErrorOptions,
  ) {
    super(`native: ${reason}; ${fix}`, options);
  }
}
