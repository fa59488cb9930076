// Reads a run's events.jsonl while another process writes it.
import type { FileHandle } from "node:fs/promises";
import type { LoggedEvent } from "@mlpconv/trainer";
import { openFile } from "@mlpconv/weights/node";
import { parseEvents } from "../files/parse.js";

/** Bytes before the place up to which the log was read that must still be there: the clock in them makes them unlike others. */
const tailLength = 256;

/**
 * Gives, each time it is called, the events that have come since; none while there is no file.
 *
 * A run that is resumed cuts its log back to its checkpoint: then all events come again, from `start` on.
 */
export const followLog = (path: string): (() => Promise<LoggedEvent[]>) => {
  let read = 0;
  let tail = Buffer.alloc(0);
  let rest = "";
  return async () => {
    const file = await openFile(path).catch(() => undefined);
    if (!file) return [];
    try {
      let bytes = await readFrom(file, read - tail.length);
      // The log may have grown again, beyond where it was cut.
      if (bytes.subarray(0, tail.length).equals(tail)) bytes = bytes.subarray(tail.length);
      else {
        [read, tail, rest] = [0, Buffer.alloc(0), ""];
        bytes = await readFrom(file, 0);
      }
      read += bytes.length;
      tail = Buffer.concat([tail, bytes]).subarray(-tailLength);
      // Events are ASCII, so no piece ends inside a character.
      const lines = (rest + bytes.toString("latin1")).split("\n");
      rest = lines.pop() ?? "";
      return parseEvents(lines.map((line) => `${line}\n`).join(""), path);
    } finally {
      await file.close();
    }
  };
};

/** What a file holds from a place on; nothing beyond its end. */
const readFrom = async (file: FileHandle, start: number): Promise<Buffer> => {
  const { size } = await file.stat();
  const bytes = Buffer.alloc(Math.max(0, size - start));
  const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
  return bytes.subarray(0, bytesRead);
};
