// A page that does nothing but isolate itself, and says in its title how that went, and whether a Worker of it is isolated too.
import { isolate } from "../../src/isolation/isolate.js";

const state = await isolate();
if (state !== "reloading") {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  worker.onerror = ({ message }) => {
    document.title = message;
  };
  worker.onmessage = ({ data }) => {
    document.title = JSON.stringify({ state, page: crossOriginIsolated, worker: data });
  };
}
