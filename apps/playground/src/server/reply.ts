// What a route answers, and how that is sent.
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { Refusal } from "./served.js";

/** An answer. */
export interface Reply {
  /** MIME type. */
  type: string;
  body: string | AsyncIterable<Uint8Array>;
  /** Number of bytes, where the body is not a text. */
  length?: number;
  /** Changes when the body does; a browser that has it is told so instead of getting it again. */
  etag?: string;
  /** Frees what the body is read from, whether it was sent or not. */
  close?: () => Promise<void>;
}

/** Answers a request for one path. @throws NotThere when there is nothing to answer */
export type Route = (query: URLSearchParams) => Promise<Reply>;

/** Routes by the path that is asked for, without the first slash: "data/data.json". */
export type Routes = ReadonlyMap<string, Route>;

/** The path exists only at other times or in other programs: status 404. */
export class NotThere extends Error {
  override readonly name = "NotThere";
}

export const json = (value: unknown): Reply => ({
  type: "application/json; charset=utf-8",
  body: JSON.stringify(value),
});

export const refuse = (response: ServerResponse, status: number, error: string): void => {
  if (response.headersSent) {
    // The reader must not take a part for the whole.
    response.destroy();
    return;
  }
  response.writeHead(status, { "Content-Type": "application/json; charset=utf-8" });
  response.end(JSON.stringify({ error } satisfies Refusal));
};

/** Sends an answer; one that the browser has already is not sent again. */
export const send = async (
  { headers, method }: IncomingMessage,
  response: ServerResponse,
  { type, body, length, etag, close }: Reply,
): Promise<void> => {
  try {
    if (etag !== undefined) response.setHeader("ETag", etag);
    if (etag !== undefined && headers["if-none-match"] === etag) {
      response.writeHead(304).end();
      return;
    }
    const size = typeof body === "string" ? Buffer.byteLength(body) : length;
    response.writeHead(200, { "Content-Type": type, ...(size !== undefined && { "Content-Length": size }) });
    if (method === "HEAD") response.end();
    else if (typeof body === "string") response.end(body);
    else await pipeline(body, response);
  } finally {
    await close?.();
  }
};
