// Python's pickle format, as far as CIFAR's files use it: protocol 2 with dictionaries, lists, strings, numbers and NumPy arrays of bytes. A
// pickle is a program for a small stack machine. This reader knows the instructions that build such values, looks up four names without calling anything,
// and refuses every other instruction by its name.
import { DatasetError } from "../dataset-error.js";

/** A NumPy array of bytes. */
export class PickledArray {
  shape: readonly number[] = [0];
  values: Uint8Array = new Uint8Array(0);
}

/** A NumPy type; only bytes are read. */
class PickledType {}

/** A name that a pickle looks up. */
class PickledName {
  constructor(readonly name: string) {}
}

/** What lists, tuples and dictionaries begin with on the stack. */
const mark = Symbol("mark");

const reconstruct = ["numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct"];
const knownNames = new Set([...reconstruct, "numpy.ndarray", "numpy.dtype"]);

/** Names of the instructions that are refused, so that an error says more than a number. */
const refused: Readonly<Record<number, string>> = {
  70: "FLOAT",
  71: "BINFLOAT",
  73: "INT",
  76: "LONG",
  80: "PERSID",
  81: "BINPERSID",
  83: "STRING",
  86: "UNICODE",
  103: "GET",
  105: "INST",
  111: "OBJ",
  112: "PUT",
  129: "NEWOBJ",
  130: "EXT1",
  131: "EXT2",
  132: "EXT4",
  138: "LONG1",
  139: "LONG4",
  140: "SHORT_BINUNICODE",
  142: "BINBYTES8",
  146: "NEWOBJ_EX",
  147: "STACK_GLOBAL",
  149: "FRAME",
};

/** A list of CIFAR-100's file has 50,000 values. */
const deepest = 1_000_000;

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

/**
 * The value of a pickle. Python's byte strings are Uint8Arrays, dictionaries are Maps whose keys are text.
 *
 * @param path what to call it in an error
 * @throws DatasetError `damaged` when it is cut off, or has an instruction or a name that such files do not need
 */
export const parsePickle = (bytes: Uint8Array, path: string): unknown => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stack: unknown[] = [];
  const memo = new Map<number, unknown>();
  let at = 0;

  const damaged = (expected: string, got: string) =>
    new DatasetError("damaged", `${path}: expected ${expected}, got ${got} at byte ${at}; get it again`);
  const take = (length: number): Uint8Array => {
    if (length < 0 || at + length > bytes.length)
      throw damaged(`${length} more bytes`, `${bytes.length - at} (truncated)`);
    at += length;
    return bytes.subarray(at - length, at);
  };
  const uint8 = () => take(1)[0]!;
  const int32 = () => {
    take(4);
    return view.getInt32(at - 4, true);
  };
  const line = (): string => {
    const end = bytes.indexOf(0x0a, at);
    if (end < 0 || end - at > 200) throw damaged("a name", "no end of line");
    const text = latin1(take(end - at));
    take(1);
    return text;
  };
  const pop = (): unknown => {
    if (stack.length === 0 || stack.at(-1) === mark) throw damaged("a value on the stack", "none");
    return stack.pop();
  };
  const popToMark = (): unknown[] => {
    const start = stack.lastIndexOf(mark);
    if (start < 0) throw damaged("a mark on the stack", "none");
    const values = stack.splice(start + 1);
    stack.pop();
    return values;
  };
  const top = <T>(type: new () => T, what: string): T => {
    const value = stack.at(-1);
    if (!(value instanceof type)) throw damaged(`${what} on the stack`, "another value");
    return value;
  };
  const tuple = (length: number) => {
    const values = Array.from({ length }, pop).reverse();
    stack.push(values);
  };
  const setItems = (pairs: readonly unknown[]) => {
    const dictionary = top<Map<unknown, unknown>>(Map, "a dictionary");
    if (pairs.length % 2 !== 0) throw damaged("keys with values", "a key without one");
    for (let i = 0; i < pairs.length; i += 2) {
      const key = pairs[i];
      const text = key instanceof Uint8Array ? latin1(key) : key;
      if (typeof text !== "string") throw damaged("a dictionary's key to be text", "another value");
      dictionary.set(text, pairs[i + 1]);
    }
  };
  const recall = (index: number) => {
    if (!memo.has(index)) throw damaged(`value ${index} to be remembered`, "none");
    stack.push(memo.get(index));
  };
  const remember = (index: number) => {
    if (stack.length === 0) throw damaged("a value on the stack", "none");
    memo.set(index, stack.at(-1));
  };
  const textOf = (value: unknown) => (value instanceof Uint8Array ? latin1(value) : value);
  const reduce = () => {
    const args = pop();
    const callee = pop();
    if (callee instanceof PickledName && Array.isArray(args)) {
      const [first] = args;
      if (reconstruct.includes(callee.name) && first instanceof PickledName && first.name === "numpy.ndarray")
        return stack.push(new PickledArray());
      if (callee.name === "numpy.dtype" && textOf(first) === "u1") return stack.push(new PickledType());
    }
    throw damaged("a NumPy array of bytes (REDUCE)", "another object");
  };
  const build = () => {
    const state = pop();
    const value = stack.at(-1);
    // Byte order and alignment, which mean nothing for bytes.
    if (value instanceof PickledType) return;
    const isArray = value instanceof PickledArray && Array.isArray(state) && state.length === 5;
    if (!isArray) throw damaged("the state of a NumPy array of bytes (BUILD)", "another state");
    const [, shape, type, columns, values] = state as unknown[];
    const isShape = Array.isArray(shape) && shape.every((n) => Number.isInteger(n) && n >= 0);
    const isBytes = type instanceof PickledType && values instanceof Uint8Array && columns === false;
    if (!isShape || !isBytes || shape.reduce((a, b) => a * b, 1) !== values.length)
      throw damaged("an array of as many bytes as its shape says, row by row", "another array");
    value.shape = shape;
    value.values = values;
  };

  while (true) {
    if (stack.length > deepest) throw damaged(`${deepest} values at most on the stack`, "more");
    const opcode = uint8();
    switch (opcode) {
      case 0x80: {
        const protocol = uint8();
        if (protocol !== 2) throw damaged("pickle protocol 2", `protocol ${protocol}`);
        break;
      }
      case 0x28:
        stack.push(mark);
        break;
      case 0x7d:
        stack.push(new Map());
        break;
      case 0x5d:
      case 0x29:
        stack.push([]);
        break;
      case 0x4e:
        stack.push(null);
        break;
      case 0x88:
        stack.push(true);
        break;
      case 0x89:
        stack.push(false);
        break;
      case 0x4b:
        stack.push(uint8());
        break;
      case 0x4d:
        stack.push(uint8() + 256 * uint8());
        break;
      case 0x4a:
        stack.push(int32());
        break;
      case 0x55:
        stack.push(take(uint8()));
        break;
      case 0x54:
        stack.push(take(int32()));
        break;
      case 0x58:
        stack.push(new TextDecoder().decode(take(int32())));
        break;
      case 0x71:
        remember(uint8());
        break;
      case 0x72:
        remember(int32());
        break;
      case 0x68:
        recall(uint8());
        break;
      case 0x6a:
        recall(int32());
        break;
      case 0x61: {
        const value = pop();
        top(Array, "a list").push(value);
        break;
      }
      case 0x65: {
        const values = popToMark();
        const list = top(Array, "a list");
        for (const value of values) list.push(value);
        break;
      }
      case 0x73: {
        const value = pop();
        setItems([pop(), value]);
        break;
      }
      case 0x75:
        setItems(popToMark());
        break;
      case 0x74:
        stack.push(popToMark());
        break;
      case 0x85:
        tuple(1);
        break;
      case 0x86:
        tuple(2);
        break;
      case 0x87:
        tuple(3);
        break;
      case 0x63: {
        const name = `${line()}.${line()}`;
        if (!knownNames.has(name)) throw damaged(`one of ${[...knownNames].join(", ")} (GLOBAL)`, name);
        stack.push(new PickledName(name));
        break;
      }
      case 0x52:
        reduce();
        break;
      case 0x62:
        build();
        break;
      case 0x2e:
        return pop();
      default: {
        const code = `0x${opcode.toString(16).padStart(2, "0")}`;
        const name = refused[opcode];
        throw damaged("an instruction that CIFAR's files need", name ? `${name} (${code})` : code);
      }
    }
  }
};
