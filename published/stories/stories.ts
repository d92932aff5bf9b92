import type { Story } from "../story.ts";
import { appStories } from "./apps.ts";
import { commandStories } from "./command-alone.ts";
import { createdStories } from "./created.ts";
import { mistakeStories } from "./mistakes.ts";
import { npxStories } from "./npx.ts";
import { outputStories } from "./output.ts";
import { packageStories } from "./packages.ts";
import { readmeStories } from "./readme.ts";
import { replacedStories } from "./replaced.ts";
import { synthStories } from "./synth.ts";
import { templateStories } from "./templates.ts";
import { unreleasedStories } from "./unreleased.ts";
import { updateStories } from "./updates.ts";
import { workspaceStories } from "./workspace.ts";

/** All that strangers do, in the order in which they are told. */
export const STORIES: readonly Story[] = [
  ...packageStories,
  ...readmeStories,
  ...npxStories,
  ...appStories,
  ...replacedStories,
  ...createdStories,
  ...commandStories,
  ...mistakeStories,
  ...outputStories,
  ...templateStories,
  ...synthStories,
  ...updateStories,
  ...unreleasedStories,
  ...workspaceStories,
];
