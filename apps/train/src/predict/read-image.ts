// A picture's file as grey levels or colours, decoded in a process of its own that is stopped when it takes too long.
import { type ChildProcess, fork } from "node:child_process";
import { stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { printable } from "@mlpconv/cli-kit";
import { systemWords } from "@mlpconv/weights/node";
import type { DecodeOptions, Picture } from "./decode-image.js";
import type { PictureAnswer, PictureOrder } from "./decode-process.js";

export interface PictureLimits {
  /** More than cameras make. A limit is needed because a small file can claim more pixels than there is memory for. */
  mostPixels: number;
  mostBytes: number;
  /** Seconds for one picture, counted from when the decoding process begins with it. */
  seconds: number;
}

/** Seconds for that process to start, on a machine that is busy. */
const startSeconds = 60;

const pictureLimits: PictureLimits = { mostPixels: 100e6, mostBytes: 100e6, seconds: 30 };

export interface PictureReader {
  /**
   * @throws Error naming the file when it cannot be read, is no PNG or JPEG, or is past a limit
   */
  read(path: string, options: Omit<DecodeOptions, "mostPixels">): Promise<Picture>;
  /** Ends the process that decodes. */
  close(): void;
}

/** The decoding program: beside this file both in the source and in the bundle. */
const program = fileURLToPath(
  new URL(`./decode-process.${import.meta.url.endsWith(".ts") ? "ts" : "js"}`, import.meta.url),
);

/** Reads pictures one after another; the decoding process starts with the first one. */
export const openPictureReader = (
  limits: PictureLimits = pictureLimits,
  /** Node's own flags for the process. */
  execArgv: readonly string[] = process.execArgv,
): PictureReader => {
  const { seconds, ...bounds } = limits;
  let child: ChildProcess | undefined;
  const close = () => {
    child?.kill("SIGKILL");
    child = undefined;
  };
  const decode = (order: PictureOrder): Promise<Picture> => {
    if (!child?.connected)
      child = fork(program, {
        execArgv: [...execArgv],
        serialization: "advanced",
        stdio: ["ignore", "ignore", "ignore", "ipc"],
      });
    const decoder = child;
    return new Promise((resolve, reject) => {
      const settle = (outcome: () => void) => {
        clearTimeout(timer);
        decoder.removeAllListeners();
        outcome();
      };
      const giveUp = (problem: string) => {
        close();
        settle(() => reject(new Error(problem)));
      };
      const within = (limit: number, problem: string) => setTimeout(() => giveUp(problem), limit * 1000);
      let timer = within(startSeconds, `no process to decode it within ${startSeconds} s`);
      decoder.on("message", (answer: PictureAnswer) => {
        if ("begun" in answer) {
          clearTimeout(timer);
          timer = within(seconds, `one that takes more than ${seconds} s to decode`);
        } else
          settle(() => ("picture" in answer ? resolve(answer.picture) : reject(new Error(answer.problem))));
      });
      decoder.on("error", ({ message }) => giveUp(`no process to decode it (${message})`));
      decoder.on("exit", (code, signal) => giveUp(`one at which the decoder ended (${signal ?? code})`));
      decoder.send(order);
    });
  };
  const read: PictureReader["read"] = async (path, options) => {
    try {
      await checkFile(path);
      return await decode({ path, ...options, ...bounds });
    } catch (cause) {
      const got = (cause as NodeJS.ErrnoException).code === "ENOENT" ? "no such file" : systemWords(cause);
      throw new Error(
        `${printable(path)}: expected a PNG or JPEG picture of up to ${bounds.mostPixels / 1e6} megapixels, got: ${got}`,
        { cause },
      );
    }
  };
  return { read, close };
};

/** Whatever is no plain file might never end. */
const checkFile = async (path: string): Promise<void> => {
  const found = await stat(path);
  if (!found.isFile()) throw new Error(found.isDirectory() ? "a folder" : "something that is no file");
};
