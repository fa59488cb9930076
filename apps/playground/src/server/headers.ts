// Headers of every answer: what the page needs to have threads, and what keeps it from loading or sending anything elsewhere.
import { isolationHeaders } from "../isolation/headers.js";

/** What the page may do: run its own scripts and engine wasm, show images that it has made, and ask this server alone. */
const policy = {
  "default-src": "'none'",
  "script-src": "'self' 'wasm-unsafe-eval'",
  // Engine wasm starts its threads from a program in its code, as a blob.
  "worker-src": "'self' blob:",
  "connect-src": "'self'",
  "img-src": "'self' data: blob:",
  "media-src": "'self' blob:",
  "style-src": "'self'",
  "font-src": "'self'",
  "manifest-src": "'self'",
  "base-uri": "'none'",
  "form-action": "'none'",
  "frame-ancestors": "'self'",
};

export const headers = {
  ...isolationHeaders,
  "Cross-Origin-Resource-Policy": "same-origin",
  "Content-Security-Policy": Object.entries(policy)
    .map(([what, where]) => `${what} ${where}`)
    .join("; "),
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  // A newer version may be served at the same address the next time.
  "Cache-Control": "no-cache",
} as const;
