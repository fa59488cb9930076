// Headers of every answer: what the page needs to have threads, and what keeps it from loading or sending anything elsewhere.
import { isolationHeaders } from "../isolation/headers.js";
import { policy, policyText } from "../isolation/policy.js";

export const headers = {
  ...isolationHeaders,
  "Cross-Origin-Resource-Policy": "same-origin",
  // Who may show the page in a frame is for a header alone to say.
  "Content-Security-Policy": policyText({ ...policy, "frame-ancestors": "'self'" }),
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  // A newer version may be served at the same address the next time.
  "Cache-Control": "no-cache",
} as const;
