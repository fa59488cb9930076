// Bytes of a stream, unpacked if they are gzipped, to no more than a page can hold.

/** Bytes of the largest file that is read: twenty times Fashion-MNIST's training images. */
const mostBytes = 2 ** 30;

const tooLarge = (name: string): RangeError =>
  new RangeError(
    `data: expected ${name} to hold at most ${mostBytes / 2 ** 20} MiB, got more; use a part of the images`,
  );

/** @throws RangeError when it is larger than a page can hold */
export const checkSize = (name: string, bytes: number): void => {
  if (bytes > mostBytes) throw tooLarge(name);
};

/** All bytes of a stream. */
export const readAll = async (
  name: string,
  stream: ReadableStream<Uint8Array>,
  onBytes: (bytes: number) => void = () => {},
): Promise<Uint8Array<ArrayBuffer>> => {
  const parts: Uint8Array[] = [];
  let length = 0;
  for (const reader = stream.getReader(); ; ) {
    const { value, done } = await reader.read();
    if (done) break;
    parts.push(value);
    length += value.length;
    onBytes(value.length);
    if (length > mostBytes) {
      await reader.cancel();
      throw tooLarge(name);
    }
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};

/**
 * The bytes themselves or, if they begin as a gzip file does, what it holds. Names and headers are not asked: servers unpack some files and leave others.
 *
 * @throws Error naming the file when it is damaged
 */
export const gunzip = async (name: string, bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> => {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return await readAll(name, new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")));
  } catch (cause) {
    if (cause instanceof RangeError) throw cause;
    throw new Error(`data: expected ${name} to be a whole gzip file, got a damaged one; get it again`, {
      cause,
    });
  }
};
