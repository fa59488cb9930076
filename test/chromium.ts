// The browser of the tests that need one: Chromium or Chrome as systems have it, or where the environment variable CHROMIUM says.
import { existsSync } from "node:fs";

const candidates = [
  process.env.CHROMIUM,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** Path of Chromium; undefined where there is none. */
export const chromiumPath = candidates.find((path) => path && existsSync(path));

/** Suffix for the name of a test that is skipped without Chromium. */
export const skippedWithoutChromium = chromiumPath
  ? ""
  : " (skipped: no Chromium found; set CHROMIUM to its path)";
