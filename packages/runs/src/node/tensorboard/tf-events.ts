// The messages of TensorBoard's event files, by their field numbers (github.com/tensorflow/tensorboard, compat/proto/event.proto).
import { PbfWriter } from "pbf";

/** The first message of a file: the version of the format. */
export const versionMessage = (): Uint8Array =>
  event(0, (message) => message.writeStringField(3, "brain.Event:2"));

/** Start of a process that writes from `step` on. TensorBoard drops values that earlier processes wrote for this step or later ones. */
export const sessionStartMessage = (step: number): Uint8Array =>
  event(step, (message) => message.writeMessage(7, (_, log) => log.writeVarintField(1, 1), null));

/** Values of several curves at one step, by tag. Values are stored as float32. */
export const scalarsMessage = (step: number, scalars: Record<string, number>): Uint8Array =>
  event(step, (message) => message.writeMessage(5, writeSummary, scalars));

const event = (step: number, writeWhat: (message: PbfWriter) => void): Uint8Array => {
  const message = new PbfWriter();
  message.writeDoubleField(1, Date.now() / 1000);
  message.writeVarintField(2, step);
  writeWhat(message);
  return message.finish();
};

const writeSummary = (scalars: Record<string, number>, summary: PbfWriter): void => {
  for (const scalar of Object.entries(scalars)) summary.writeMessage(1, writeValue, scalar);
};

const writeValue = ([tag, value]: [string, number], message: PbfWriter): void => {
  message.writeStringField(1, tag);
  message.writeFloatField(2, value);
};
