// Stores tiles in a browser's localStorage, which throws on any use if the user or a sandbox forbids storage.
import type { TextStore } from "./saved-tiles.js";

const KEY = "mlpconv webgpu tiles";

export const browserStore: TextStore = {
  read: async () => {
    try {
      return localStorage.getItem(KEY) ?? undefined;
    } catch {
      return undefined;
    }
  },
  write: async (text) => {
    try {
      localStorage.setItem(KEY, text);
    } catch {
      // If storage is forbidden or full, the next page measures again.
    }
  },
};
