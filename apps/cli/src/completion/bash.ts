// The completion script for bash.
import type { Completion } from "@mlpconv/cli-kit";
import { type CommandWords, valuesByFlag } from "./words.js";

export const bashCompletion = (commands: readonly CommandWords[]): string => {
  const values = valuesByFlag(commands);
  const unknown = [...values].flatMap(([flag, taken]) => (wordsFor(taken) === "" ? [flag] : []));
  return `# mlpconv in bash: eval "$(mlpconv completion bash)"
_mlpconv() {
  local word=\${COMP_WORDS[COMP_CWORD]} words=
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${commands.map(({ name }) => name).join(" ")} --help --version"
  else
    case \${COMP_WORDS[COMP_CWORD - 1]} in
${[...values].flatMap(([flag, taken]) => (wordsFor(taken) ? `      ${flag}) words="${wordsFor(taken)}" ;;` : [])).join("\n")}
      ${unknown.join("|")}) ;;
      *)
        case \${COMP_WORDS[1]} in
${commands.map(({ name, flags, operands }) => `          ${name}) words="${[wordsFor(operands), ...flags.map(({ flag }) => flag)].join(" ").trim()}" ;;`).join("\n")}
        esac
        ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
# Where no word fits, names of files.
complete -o default -F _mlpconv mlpconv
`;
};

const wordsFor = (values: Completion): string => {
  if (values === "runs") return "$(ls runs 2>/dev/null)";
  return typeof values === "string" ? "" : values.join(" ");
};
