// The error of a module that cannot be opened.

/** An engine that cannot start here, with the reason and a fix apart: programs that list engines show both. */
export class StartError extends Error {
  readonly code = "failed";
  constructor(
    /** What was expected and what was found. */
    readonly reason: string,
    /** What to do about it. */
    readonly fix: string,
    options?: ErrorOptions,
  ) {
    super(`wasm: ${reason}; ${fix}`, options);
  }
}
