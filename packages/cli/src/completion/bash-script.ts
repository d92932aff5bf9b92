import type { CommandLine, TypedOption } from "./command-line.ts";

/** The completion for bash, 3.2 or later. Where anything may be typed, bash completes the names of files. */
export function bashScript({ verbs, options }: CommandLine): string {
  const first = [...verbs.map(({ name }) => name), ...flagsOf(options)];
  return [
    "# Completion of longhaul for bash: source it, for example by `source <(longhaul completion bash)`.",
    "_longhaul() {",
    `  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" words=""`,
    "  COMPREPLY=()",
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    words="${first.join(" ")}"`,
    "  else",
    `    case "\${COMP_WORDS[1]}" in`,
    ...verbs.flatMap((verb) => [
      `      ${verb.name})`,
      ...valuesOf(verb.options),
      '        case "$cur" in',
      `          -*) words="${flagsOf(verb.options).join(" ")}" ;;`,
      ...(verb.choices.length === 0
        ? []
        : [`          *) [ "$COMP_CWORD" -eq 2 ] && words="${verb.choices.join(" ")}" ;;`]),
      "        esac",
      "        ;;",
    ]),
    "    esac",
    "  fi",
    '  [ -n "$words" ] && COMPREPLY=($(compgen -W "$words" -- "$cur"))',
    "  return 0",
    "}",
    "complete -o bashdefault -o default -F _longhaul longhaul",
    "",
  ].join("\n");
}

/** Where the word before is an option that takes a value, the value is completed. */
function valuesOf(options: readonly TypedOption[]): readonly string[] {
  const taking = options.filter(({ takesValue }) => takesValue);
  if (taking.length === 0) return [];
  const cases = taking.map(({ flags, choices }) =>
    choices.length === 0
      ? `          ${flags.join("|")}) return 0 ;;`
      : `          ${flags.join("|")}) COMPREPLY=($(compgen -W "${choices.join(" ")}" -- "$cur")); return 0 ;;`,
  );
  return ['        case "$prev" in', ...cases, "        esac"];
}

function flagsOf(options: readonly TypedOption[]): readonly string[] {
  return options.flatMap(({ flags }) => flags.filter((flag) => flag.startsWith("--")));
}
