import type { CommandLine, TypedOption } from "./command-line.ts";

/** The completion for zsh: a file `_longhaul` in a folder of `$fpath`, or sourced after `compinit`. */
export function zshScript({ verbs, options }: CommandLine): string {
  const described = verbs.map(({ name, summary }) => `      ${quoted(`${name}:${summary}`)}`);
  return [
    "#compdef longhaul",
    "# Completion of longhaul for zsh: source it after compinit, for example by `source <(longhaul completion zsh)`.",
    "_longhaul() {",
    "  if (( CURRENT == 2 )); then",
    "    local -a verbs=(",
    ...described,
    "    )",
    "    _describe verb verbs",
    `    _arguments ${options.map(optionSpec).join(" ")}`,
    "    return",
    "  fi",
    "  local verb=$words[2]",
    "  shift words",
    "  (( CURRENT-- ))",
    "  case $verb in",
    ...verbs.flatMap((verb) => [
      `    ${verb.name})`,
      `      _arguments ${[...verb.options.map(optionSpec), argumentSpec(verb.choices)].join(" \\\n        ")}`,
      "      ;;",
    ]),
    "  esac",
    "}",
    'if [ "$funcstack[1]" = "_longhaul" ]; then _longhaul "$@"; else compdef _longhaul longhaul; fi',
    "",
  ].join("\n");
}

/** https://zsh.sourceforge.io/Doc/Release/Completion-System.html, `_arguments`; `*`: it may be given more than once. */
function optionSpec({ flags, summary, takesValue, choices }: TypedOption): string {
  const value = takesValue ? `:value:${actionOf(choices)}` : "";
  return flags.map((flag) => quoted(`*${flag}[${summary.replace(/[\\[\]:]/g, "\\$&")}]${value}`)).join(" ");
}

function argumentSpec(choices: readonly string[]): string {
  return quoted(`*:argument:${actionOf(choices)}`);
}

function actionOf(choices: readonly string[]): string {
  return choices.length === 0 ? "_files" : `(${choices.join(" ")})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
