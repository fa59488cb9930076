// The pictures that ship with the programs, for a first `predict`: drawn for this project, dark on white as a shop's photographs.
import { relative } from "node:path";
import { fileURLToPath } from "node:url";

// Each package that contains `predict` has this folder beside its code.
const folder = new URL("../pictures/", import.meta.url);

/** Their paths, as they are typed in the current folder. */
export const shippedPictures = (): string[] =>
  ["ankle-boot.png", "trouser.png"].map((name) =>
    relative(process.cwd(), fileURLToPath(new URL(name, folder))),
  );
