// tfjs's wasm module listens for uncaught errors under Node and throws them once more from its own code, so that Node prints that whole
// minified file in front of the message. Here the backend starts without those listeners.
import { findBackend, findBackendFactory, registerBackend, removeBackend } from "@tensorflow/tfjs-core";

const EVENTS = ["uncaughtException", "unhandledRejection"];

/** Registers the backend `name` again, so that its start leaves the process's listeners as they were; one that runs already is left alone. */
export const withoutListeners = (name: string, priority: number): void => {
  if (findBackend(name)) return;
  const start = findBackendFactory(name);
  removeBackend(name);
  registerBackend(
    name,
    async () => {
      // Cast to a plain emitter: the listeners are only moved, never called.
      const emitter: NodeJS.EventEmitter = process;
      const before = EVENTS.map((event) => emitter.listeners(event));
      const backend = await start();
      for (const [i, event] of EVENTS.entries()) {
        for (const listener of emitter.listeners(event)) {
          if (!before[i]!.includes(listener)) emitter.off(event, listener as () => void);
        }
      }
      return backend;
    },
    priority,
  );
};
