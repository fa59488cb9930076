// The package's entry under Node: the same engine, less what tfjs's module does to the process.
import "@tensorflow/tfjs-backend-wasm";
import { withoutListeners } from "./without-listeners.js";

/** The stock backend's own rank among those that tfjs chooses from. */
const PRIORITY = 2;
withoutListeners("wasm", PRIORITY);

export { describe } from "./index.js";
