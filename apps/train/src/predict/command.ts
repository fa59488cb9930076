// The command `predict`: which classes a run's weights predict for pictures.
import { addOptions, exampleLines, operand, type TypedFlags, withTerminal } from "@mlpconv/cli-kit";
import { Command } from "commander";
import { shippedPictures } from "../shipped-pictures.js";
import { predictOptions, readPredictOptions } from "./options.js";
import { predictImages } from "./predict-images.js";

const help = () => `
${exampleLines([
  ["predict --run try-1 coat.png", "its three likeliest classes"],
  [`predict --run try-1 ${shippedPictures().join(" ")}`, "the two pictures that come with this program"],
  ["predict --run try-1 --weights last *.jpg", "many pictures, by the last weights"],
  ["predict --run try-1 photos", "all pictures in a folder and below"],
  ["predict --run try-1 --invert no white-on-black.png"],
  ["predict --run try-1 --json coat.png | tail -n 1", "the same for a program"],
  ["predict --run try-1 --jsonl photos > photos.jsonl", "a line for each of many pictures"],
])}

PNG, JPEG, WebP, GIF, AVIF or TIFF of any size, best of one object that fills the picture. A picture is made like the images of the run's data set: grey or in colours, scaled
to fit, and padded with the corners' shade. Where that data set has one background, as Fashion-MNIST has a dark one, a picture whose corners show the
other is inverted; --invert yes or no decides it instead. What is transparent shows that background.
In a folder, files named .png, .jpg, .webp, .gif, .avif, .tiff or alike are pictures. If its folders are named after classes, the accuracy is printed too.
A picture that cannot be read is an error, and the others are predicted all the same.
Exit codes: 0 done, 1 failed, 2 wrong usage. MLPCONV_DEBUG=1 shows where an error comes from.`;

/** `predict`, to be mounted on a program. */
export const predictCommand = (): Command =>
  addOptions(new Command("predict"), predictOptions)
    .description("Tell what pictures show, by what a run learned")
    .addArgument(
      operand("[images...]", "PNG, JPEG, WebP, GIF, AVIF or TIFF files, or folders with some", "files"),
    )
    .addHelpText("after", help)
    .action(async (images: string[], typed: TypedFlags) => {
      const request = readPredictOptions(images, typed);
      const json = request.json || request.jsonl;
      await withTerminal({ json }, (terminal) => predictImages(request, terminal));
    });
