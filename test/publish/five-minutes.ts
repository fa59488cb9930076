// The guide of a stranger's first five minutes, typed as it stands: its files written, its commands run, its page shown a picture.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { codeBlocks } from "../markdown.js";
import { pageOf } from "./browser.js";
import { command, type Place } from "./commands.js";

const guide = "docs/guide/five-minutes.md";

/** Whose code block is which file. */
const files: Record<string, string> = { html: "index.html", "ts no-run": "page.ts" };
/** Would not end; `pageOf` serves instead. */
const serves = /^npx vite preview$/;

export interface Step {
  typed: string;
  seconds: number;
}

/** Follows the guide from an empty folder to a built page. The first line makes the app's own folder, where all others are typed. */
export const followGuide = async ({ cwd, home }: Place): Promise<{ app: string; steps: Step[] }> => {
  let app = cwd;
  const steps: Step[] = [];
  for (const { info, code } of codeBlocks(readFileSync(guide, "utf8"))) {
    if (files[info]) writeFileSync(join(app, files[info]), code);
    if (info !== "sh") continue;
    for (const typed of code.trim().split("\n")) {
      if (serves.test(typed)) continue;
      const start = performance.now();
      await command({ cwd: app, home }, "sh", ["-c", typed], { allThreads: true });
      steps.push({ typed, seconds: (performance.now() - start) / 1000 });
      const entered = /&& cd (\S+)$/.exec(typed)?.[1];
      if (entered) app = join(app, entered);
    }
  }
  return { app, steps };
};

/** What the built page says of a picture. */
export const pageSays = (app: string, picture: Buffer, executablePath: string): Promise<string> =>
  pageOf(app, executablePath, async (page) => {
    const chosen = { name: "picture.png", mimeType: "image/png", buffer: picture };
    await page.setInputFiles("input", chosen);
    await page.waitForFunction("document.querySelector('output').textContent !== ''");
    return (await page.textContent("output")) ?? "";
  });
