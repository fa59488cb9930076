// The Worker as a Session.
import { proxy, wrap } from "comlink";
import type { Session } from "../session/session.js";

/**
 * Starts the Worker.
 *
 * @param onFailure told when the Worker cannot be started or ends by an error of its own
 */
export const connect = (onFailure: (message: string) => void): Session => {
  const worker = new Worker(new URL("../session/worker.ts", import.meta.url), { type: "module" });
  worker.addEventListener("error", (event) => onFailure(event.message || "the Worker did not start"));
  worker.addEventListener("messageerror", () => onFailure("a message of the Worker could not be read"));
  const remote = wrap<Session>(worker);
  return {
    open: (request, onLoading) => remote.open(request, onLoading && proxy(onLoading)),
    describe: (settings, data) => remote.describe(settings, data),
    train: (onProgress) => remote.train(proxy(onProgress)),
    pause: () => remote.pause(),
    step: (onProgress) => remote.step(proxy(onProgress)),
    reset: () => remote.reset(),
    watch: (indices) => remote.watch(indices),
    look: (network) => remote.look(network),
    images: (indices) => remote.images(indices),
    classify: (network, pixels) => remote.classify(network, pixels),
    layers: (network, pixels) => remote.layers(network, pixels),
    pixelAsSample: (network, pixels, at) => remote.pixelAsSample(network, pixels, at),
    save: (network, format) => remote.save(network, format),
    load: (network, safetensors) => remote.load(network, safetensors),
  };
};
