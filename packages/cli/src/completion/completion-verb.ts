import { Argument } from "@commander-js/extra-typings";
import { EXIT } from "../exit-code.ts";
import { type Verb, verb } from "../verb.ts";
import { bashScript } from "./bash-script.ts";
import { commandLineOf } from "./command-line.ts";
import { fishScript } from "./fish-script.ts";
import { zshScript } from "./zsh-script.ts";

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** `longhaul completion SHELL`: prints a script by which a shell completes the command. */
export const completionVerb: Verb = (end) =>
  verb("completion", {
    summary: "Print a script by which a shell completes this command.",
    description:
      "Prints a script by which a shell completes verbs, options and values of this command. It completes `longhaul` on the PATH, and not `npx longhaul`. Make it anew after an update.",
    examples: [
      "longhaul completion bash > ~/.local/share/bash-completion/completions/longhaul",
      "longhaul completion zsh > ~/.zfunc/_longhaul",
      "longhaul completion fish | source",
    ],
  })
    .addArgument(new Argument("<shell>", "the shell").choices(["bash", "zsh", "fish"] as const))
    .option("--json", "Print what may be typed as JSON instead.")
    .action((shell, { json }, command) => {
      const line = commandLineOf(command.parent ?? command);
      process.stdout.write(json ? `${JSON.stringify(line)}\n` : SCRIPTS[shell](line));
      end(EXIT.ok);
    });
