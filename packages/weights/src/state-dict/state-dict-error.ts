// The error of weights that are of another model.

/** The weights of a file do not fit the model. */
export class StateDictError extends Error {
  override readonly name = "StateDictError";
}
