// A record of a TFRecord file: TensorFlow's framing of messages, which reveals truncated records.
import crc32c from "crc-32/crc32c.js";

/** The length, its checksum, the data, their checksum; all little-endian (TensorFlow, xla/tsl/lib/io/record_writer.h). */
export const tfRecord = (data: Uint8Array): Uint8Array => {
  const record = new Uint8Array(8 + 4 + data.length + 4);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc(record.subarray(0, 8)), true);
  record.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc(data), true);
  return record;
};

/** CRC-32C, rotated and shifted, because a checksum of data that contains its own checksum would be weak (xla/tsl/lib/hash/crc32c.h). */
const maskedCrc = (bytes: Uint8Array): number => {
  const crc = crc32c.buf(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
};
