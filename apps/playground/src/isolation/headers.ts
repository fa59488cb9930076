// Headers of a page that is isolated from other origins, and so may have threads. Sent by the program, by vite's servers and by the service worker.

export const isolationHeaders = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
} as const;
