// Content-Security-Policy of the page: what the program sends as a header, and the built page says itself on any server.

/** What the page may do: run its own scripts and engine wasm, show images that it has made, and ask its own server alone. */
export const policy = {
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
} as const;

/** A policy as a header's value. */
export const policyText = (of: Readonly<Record<string, string>>): string =>
  Object.entries(of)
    .map(([what, where]) => `${what} ${where}`)
    .join("; ");
