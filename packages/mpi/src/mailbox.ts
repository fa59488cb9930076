// Short messages between ranks outside of collectives, with which a rank that has waited too long finds out who is missing. They cost
// nothing until needed: no receive is posted before, and only waiting ranks look for messages.
import type { Mpi, Request } from "./binding.js";
import { fixedMemory } from "./memory.js";

/** The collectives; messages contain their indices in this list. */
const collectives = ["exchange", "gather", "broadcast", "barrier", "close"] as const;
export type Collective = (typeof collectives)[number];

const kinds = ["question", "answer", "closing"] as const;

/** Length of a message: five numbers of 32 bits. */
const BYTES = 20;

/** Position of a rank: its n-th collective. */
export interface Position {
  readonly collective: Collective;
  readonly number: number;
}

interface Message extends Position {
  /** "question": which collective are you in?; "answer": this one; "closing": this rank makes no further calls. */
  readonly kind: (typeof kinds)[number];
  readonly from: number;
  /** Number of the collective that the question was about. An answer repeats it, so that late answers to earlier questions are recognised. */
  readonly about: number;
}

export interface Mailbox {
  send(kind: Message["kind"], to: number, position: Position, about?: number): void;
  /** The next message from any rank, if one has arrived. */
  receive(): Message | undefined;
  /** Whether all messages have been sent. */
  isSent(): boolean;
}

export const openMailbox = (mpi: Mpi, rank: number): Mailbox => {
  const incoming = fixedMemory(BYTES);
  const fields = new Int32Array(incoming.buffer);
  const unsent = new Map<Request, Int32Array>();
  return {
    send(kind, to, { collective, number }, about = number) {
      const message = new Int32Array(fixedMemory(BYTES).buffer);
      message.set([kinds.indexOf(kind), rank, collectives.indexOf(collective), number, about]);
      const request = fixedMemory(8);
      unsent.set(request, message);
      mpi.startSend(new Uint8Array(message.buffer), to, request);
    },
    receive() {
      if (!mpi.receive(incoming)) return undefined;
      const [kind, from, collective, number, about] = [...fields] as [number, number, number, number, number];
      return { kind: kinds[kind]!, from, collective: collectives[collective]!, number, about };
    },
    isSent() {
      for (const request of unsent.keys()) if (mpi.isDone(request)) unsent.delete(request);
      return unsent.size === 0;
    },
  };
};
