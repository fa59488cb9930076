// The pickle reader: nothing is executed, everything else than plain data is refused by its name.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DatasetError } from "../dataset-error.js";
import { PickledArray, parsePickle } from "./pickle.js";

const parse = (text: string) => parsePickle(Buffer.from(text, "latin1"), "batch");
/** "numpy.core.multiarray._reconstruct(numpy.ndarray, (0,), 'b')", not yet built. */
const emptyArray = "cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R";
const bytesType = "cnumpy\ndtype\nU\x02u1K\x00K\x01\x87R";
const array = (shape: string, data: string) =>
  `\x80\x02${emptyArray}(K\x01${shape}${bytesType}\x89U${String.fromCharCode(data.length)}${data}tb.`;

describe("parsePickle", () => {
  it("reads dictionaries, lists, numbers, strings and arrays of bytes", () => {
    expect(parse("\x80\x02}(U\x01aK\x07U\x01b](K\x01M\x00\x01J\xff\xff\xff\xffeu.")).toEqual(
      new Map<string, unknown>([
        ["a", 7],
        ["b", [1, 256, -1]],
      ]),
    );
    expect(parse("\x80\x02]q\x00X\x02\x00\x00\x00\xc3\xa9ah\x00.")).toEqual(["é"]);
    const read = parse(array("K\x02K\x03\x86", "abcdef")) as PickledArray;
    expect(read).toBeInstanceOf(PickledArray);
    expect(read.shape).toEqual([2, 3]);
    expect(Buffer.from(read.values).toString()).toBe("abcdef");
  });

  const hostile: [string, string, string][] = [
    ["calls a command", "\x80\x02cos\nsystem\nU\x02ls\x85R.", "(GLOBAL), got os.system"],
    [
      "evaluates text",
      "\x80\x02c__builtin__\neval\nU\x011\x85R.",
      "expected one of numpy.core.multiarray._reconstruct, numpy._core.multiarray._reconstruct, numpy.ndarray, numpy.dtype (GLOBAL), got __builtin__.eval",
    ],
    ["makes an instance", "\x80\x02(ios\nsystem\n.", "got INST (0x69)"],
    ["makes an object", "\x80\x02(o.", "got OBJ (0x6f)"],
    ["makes a new object", "\x80\x02)\x81.", "got NEWOBJ (0x81)"],
    ["names an extension", "\x80\x02\x82\x01.", "got EXT1 (0x82)"],
    ["names what is elsewhere", "\x80\x02P1\n.", "got PERSID (0x50)"],
    ["has text that is evaluated", "\x80\x02S'a'\n.", "got STRING (0x53)"],
    ["has an unknown instruction", "\x80\x02\xff.", "got 0xff"],
    ["has another protocol", "\x80\x04.", "expected pickle protocol 2, got protocol 4"],
    ["calls a type with another one", "\x80\x02cnumpy\ndtype\nU\x02O8\x85R.", "(REDUCE), got another object"],
    ["calls what is no name", "\x80\x02K\x01)R.", "(REDUCE), got another object"],
    ["builds what is no array", "\x80\x02}}b.", "(BUILD), got another state"],
    ["has an array of another length", array("K\x02K\x02\x86", "abc"), "as its shape says"],
    ["has an array of a negative size", array("J\xff\xff\xff\xff\x85", "abc"), "as its shape says"],
    ["is cut off in a string", "\x80\x02U\x05ab", "expected 5 more bytes, got 2 (truncated) at byte 4"],
    ["claims two gigabytes", "\x80\x02T\xff\xff\xff\x7fab", "expected 2147483647 more bytes, got 2"],
    ["claims a negative length", "\x80\x02T\xff\xff\xff\xffab", "expected -1 more bytes"],
    ["does not end", "\x80\x02}", "expected 1 more bytes, got 0 (truncated)"],
    ["takes from an empty stack", "\x80\x02a.", "expected a value on the stack, got none"],
    ["has no mark", "\x80\x02]e.", "expected a mark on the stack"],
    ["recalls what is not there", "\x80\x02h\x09.", "expected value 9 to be remembered"],
    ["has a key without a value", "\x80\x02}(U\x01au.", "expected keys with values"],
    ["has a key that is no text", "\x80\x02}K\x01K\x01s.", "a dictionary's key to be text"],
  ];
  it.each(hostile)("refuses a pickle that %s", (_, text, words) => {
    expect(() => parse(text)).toThrow(DatasetError);
    expect(() => parse(text)).toThrow(/^batch: expected .*; get it again$/);
    expect(() => parse(text)).toThrow(words);
  });

  it("refuses any bytes or reads them, without another error and without a prototype", () => {
    const alphabet = [..."\x80\x02}](teusabRq\x00h\x00K\x01U\x01N.\x85\x86\x87)T"].map((c) =>
      c.charCodeAt(0),
    );
    const byte = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...alphabet) }, fc.nat(255));
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 60 }), (bytes) => {
        try {
          parsePickle(Uint8Array.from([0x80, 2, ...bytes]), "batch");
        } catch (error) {
          expect(error).toBeInstanceOf(DatasetError);
        }
      }),
      { numRuns: 3_000 },
    );
    expect(parse("\x80\x02}U\x09__proto__K\x01s.")).toEqual(new Map([["__proto__", 1]]));
  });
});
