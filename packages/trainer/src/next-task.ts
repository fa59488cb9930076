// Gives the event loop a turn.

type Callback = () => void;

/** A message to oneself: browsers have no `setImmediate`, and delay timers. */
const bySendingMessages = (): ((callback: Callback) => void) => {
  const { port1, port2 } = new MessageChannel();
  const waiting: Callback[] = [];
  port1.onmessage = () => waiting.shift()!();
  return (callback) => {
    waiting.push(callback);
    port2.postMessage(undefined);
  };
};

let inNextTask: ((callback: Callback) => void) | undefined;

/**
 * Resolves after the event loop has handled what was waiting: signals, timers, messages. Engines on the CPU never yield to it by themselves. Does not
 * wait for the next frame as `tf.nextFrame` does, because a page that is hidden gets no frames, nor do its Workers.
 */
export const nextTask = (): Promise<void> => {
  inNextTask ??= typeof setImmediate === "function" ? setImmediate : bySendingMessages();
  return new Promise((resolve) => inNextTask!(resolve));
};
