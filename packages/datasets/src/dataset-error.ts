// The one error class of this package; `code` says what a caller can do about it.

/**
 * - `"damaged"`: a file is not what it should be; the message names it.
 * - `"unavailable"`: a file is not where it was asked for, or the data was found nowhere; the message names it or lists every place.
 * - `"option"`: an argument is out of its range.
 */
export type DatasetErrorCode = "damaged" | "unavailable" | "option";

/** Data cannot be had, is not what it should be, or an option is out of its range; `code` says which. */
export class DatasetError extends Error {
  override readonly name = "DatasetError";
  /** What a caller can do about it. */
  readonly code: DatasetErrorCode;

  constructor(code: DatasetErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
