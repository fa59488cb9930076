import { expect, test } from "vitest";
import { rowOf } from "../../state/rows.js";
import { groups, more } from "../parts/network-editor.js";
import { en } from "./en.js";
import { zh } from "./zh.js";

test("each setting that the page shows and each of its values has a word in both languages, and its help in Chinese", () => {
  const shown = [...Object.values(groups).flat(), ...more];
  const named = shown.toSorted();
  for (const { settings } of [en, zh]) expect(Object.keys(settings).toSorted()).toEqual(named);
  expect(Object.keys(zh.settingHelp).toSorted()).toEqual(named);
  const values = shown.flatMap((place) => rowOf(place).kind.choices ?? []);
  for (const { choices } of [en, zh]) expect(Object.keys(choices)).toEqual(expect.arrayContaining(values));
});

test("Chinese texts are Chinese, but for names", () => {
  const names =
    /^(ONNX|TensorFlow\.js|Xavier|He|SGD|Adam|AdamW|RMSprop|Muon|webgpu（GPU）|wasm（CPU）|safetensors（PyTorch）)$/;
  const english = (value: unknown): string[] => {
    if (typeof value === "string") return /\p{Script=Han}/u.test(value) || names.test(value) ? [] : [value];
    return typeof value === "object" && value !== null ? Object.values(value).flatMap(english) : [];
  };
  expect(english(zh)).toEqual([]);
});
