// Reads a run's events.jsonl while another process writes it.
import type { FileHandle } from "node:fs/promises";
import type { LoggedEvent } from "@mlpconv/trainer";
import { openFile } from "@mlpconv/weights/node";
import { parseEvents } from "../files/parse.js";

/** Number of bytes before the read position that are compared, to notice that the log was cut. They contain times, so they are unique. */
const tailLength = 256;

/**
 * Returns a function that gives the events added since its last call; none while the file does not exist.
 *
 * A resumed run cuts its log back to its checkpoint. Then all events are given again, from `start` on.
 */
export const followLog = (path: string): (() => Promise<LoggedEvent[]>) => {
  let read = 0;
  let tail = Buffer.alloc(0);
  let rest = "";
  let lineCount = 0;
  return async () => {
    const file = await openFile(path).catch(() => undefined);
    if (!file) return [];
    try {
      let bytes = await readFrom(file, read - tail.length);
      // The log may have been cut and have grown past the old position again.
      if (bytes.subarray(0, tail.length).equals(tail)) bytes = bytes.subarray(tail.length);
      else {
        [read, tail, rest, lineCount] = [0, Buffer.alloc(0), "", 0];
        bytes = await readFrom(file, 0);
      }
      read += bytes.length;
      tail = Buffer.concat([tail, bytes]).subarray(-tailLength);
      // Events are ASCII, so a read never ends inside a character.
      const lines = (rest + bytes.toString("latin1")).split("\n");
      rest = lines.pop() ?? "";
      const before = lineCount;
      lineCount += lines.length;
      return parseEvents(lines.map((line) => `${line}\n`).join(""), path, before);
    } finally {
      await file.close();
    }
  };
};

/** The bytes of a file from a position to its end. */
const readFrom = async (file: FileHandle, start: number): Promise<Buffer> => {
  const { size } = await file.stat();
  const bytes = Buffer.alloc(Math.max(0, size - start));
  const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
  return bytes.subarray(0, bytesRead);
};
