// Pictures' files as grey levels or colours, decoded in processes of their own that are stopped when a picture takes too long.
import { type ChildProcess, fork } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

import type { DecodeOptions } from "./decode-picture.js";
import type { PictureAnswer, PictureOrder, ReadPicture } from "./decode-process.js";

/** What a picture may be at most. */
export interface PictureLimits {
  /** More than cameras make. A limit is needed because a small file can claim more pixels than there is memory for. */
  mostPixels: number;
  /** Bytes of its file. */
  mostBytes: number;
  /** Seconds for one picture, counted from when the decoding process begins with it. */
  seconds: number;
}

/** Seconds for a process to start, on a machine that is busy. */
const startSeconds = 60;

/** The limits that hold where nothing else is said. */
export const pictureLimits: PictureLimits = { mostPixels: 100e6, mostBytes: 100e6, seconds: 30 };

/** A picture that was not decoded. The message is what was got instead of one: "an empty file". */
export class PictureError extends Error {
  override readonly name = "PictureError";
  constructor(
    message: string,
    /** Whether another attempt may succeed: the decoder was too slow, or ended. */
    readonly transient: boolean,
  ) {
    super(message);
  }
}

/** Decodes pictures in processes of their own. */
export interface PictureReader {
  /** @throws PictureError when the file cannot be read, is no picture, or is past a limit */
  read(path: string, options: DecodeOptions): Promise<ReadPicture>;
  /** Ends the processes that decode. */
  close(): void;
}

/** The decoding program: beside this file both in the source and in the bundle. */
const isSource = import.meta.url.endsWith(".ts");
const program = fileURLToPath(new URL(`./decode-process.${isSource ? "ts" : "js"}`, import.meta.url));
/** Node's own flags for the process; the source needs a loader for TypeScript. */
const execArgv = (): string[] =>
  isSource
    ? ["--import", pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href]
    : process.execArgv;

/**
 * Reads pictures, as many at a time as it has processes. A process starts with the first picture that it is needed for, ends with `close()` or with
 * this process, and does not keep this process alive while it has nothing to do.
 */
export const openPictureReader = ({
  processes = 1,
  limits = pictureLimits,
}: {
  processes?: number;
  limits?: PictureLimits;
} = {}): PictureReader => {
  const decoders = Array.from({ length: processes }, () => openDecoder(limits));
  const idle = decoders.toReversed();
  const waiting: ((decoder: Decoder) => void)[] = [];
  const read: PictureReader["read"] = async (path, options) => {
    // The one that was used last: others are started only when there is work for them.
    const decoder = idle.pop() ?? (await new Promise<Decoder>((resolve) => waiting.push(resolve)));
    try {
      return await decoder.decode(path, options);
    } finally {
      const next = waiting.shift();
      if (next) next(decoder);
      else idle.push(decoder);
    }
  };
  return {
    read,
    close: () => {
      for (const decoder of decoders) decoder.close();
    },
  };
};

interface Decoder {
  decode(path: string, options: DecodeOptions): Promise<ReadPicture>;
  close(): void;
}

/** One process, which decodes one picture at a time; another is started where one was lost. */
const openDecoder = ({ seconds, ...bounds }: PictureLimits): Decoder => {
  let child: ChildProcess | undefined;
  const close = () => {
    child?.kill("SIGKILL");
    child = undefined;
  };
  const decode: Decoder["decode"] = (path, options) => {
    if (!child?.connected) child = startChild();
    const decoder = child;
    setBusy(decoder, true);
    return new Promise((resolve, reject) => {
      const settle = (outcome: () => void) => {
        clearTimeout(timer);
        decoder.removeAllListeners();
        // What happens to an idle process shows when it is next needed.
        decoder.on("error", () => {});
        setBusy(decoder, false);
        outcome();
      };
      const giveUp = (problem: string) => {
        close();
        settle(() => reject(new PictureError(problem, true)));
      };
      const within = (limit: number, problem: string) => setTimeout(() => giveUp(problem), limit * 1000);
      let timer = within(startSeconds, `no process to decode it within ${startSeconds} s`);
      decoder.on("message", (answer: PictureAnswer) => {
        if ("begun" in answer) {
          clearTimeout(timer);
          timer = within(seconds, `one that takes more than ${seconds} s to decode`);
        } else if ("picture" in answer) settle(() => resolve(answer.picture));
        else settle(() => reject(new PictureError(answer.problem, false)));
      });
      decoder.on("error", ({ message }) => giveUp(`no process to decode it (${message})`));
      decoder.on("exit", (code, signal) => giveUp(`one at which the decoder ended (${signal ?? code})`));
      decoder.send({ path, ...options, ...bounds } satisfies PictureOrder);
    });
  };
  return { decode, close };
};

const startChild = (): ChildProcess =>
  fork(program, {
    execArgv: execArgv(),
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });

/** A busy process keeps this one alive, an idle one does not. */
const setBusy = (child: ChildProcess, busy: boolean): void => {
  for (const each of [child, child.channel])
    if (busy) each?.ref();
    else each?.unref();
};
