// The command `completion`: a script that completes commands, flags and their values in the user's shell.
import { asTyped, flagReader, operand } from "@mlpconv/cli-kit";
import { oneOf } from "@mlpconv/runs";
import { Command } from "commander";
import { bashCompletion } from "./completion/bash.js";
import { fishCompletion } from "./completion/fish.js";
import { readWords } from "./completion/words.js";
import { zshCompletion } from "./completion/zsh.js";

const scripts = { bash: bashCompletion, fish: fishCompletion, zsh: zshCompletion };
const shells = Object.keys(scripts) as (keyof typeof scripts)[];

const help = () => `
A shell completes the command mlpconv, not what follows npx: install it first, with npm install --global mlpconv. Then:
  bash  echo 'eval "$(mlpconv completion bash)"' >> ~/.bashrc
  zsh   echo 'eval "$(mlpconv completion zsh)"' >> ~/.zshrc      below compinit
  fish  mlpconv completion fish > ~/.config/fish/completions/mlpconv.fish`;

/** @param program whose commands are completed, known once the command runs */
export const completionCommand = (program: Command): Command =>
  new Command("completion")
    .description("Print what makes a shell complete commands, flags, names of nets and runs")
    .addArgument(operand("[shell]", shells.join(", "), shells))
    .addHelpText("after", help)
    .action((text: string | undefined) => {
      const { needed, check } = flagReader("completion");
      const absent = `expected a shell, such as ${asTyped("completion bash")}, got none`;
      const shell = needed(text, oneOf(shells), "the shell", absent);
      check();
      process.stdout.write(scripts[shell](readWords(program)));
    });
