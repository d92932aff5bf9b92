import type { LocalAwsError } from "../gateway/local-aws-error.ts";
import { readDeployable } from "../template-files/deployable.ts";
import { createAssetCode } from "./asset-code.ts";
import type { DeployerOptions, Deployment, DeployOptions } from "./deployment.ts";
import { DeploymentProblemsError, TemplateError } from "./deployment-error.ts";
import type { CreatedResource } from "./resources/resource.ts";
import { idleSkips } from "./skipped-types.ts";
import { type Memory, type PlannedStack, planStack, type StackResult } from "./stack-deployment.ts";
import type { Template } from "./template.ts";

/** Deploys cloud assemblies and templates. */
export interface Deployer {
  /**
   * Deploys what `cdk synth` wrote, or a template of CloudFormation or SAM in a file (`template.yaml`). Deploying again updates functions, keeps data and adds what is new; nothing is removed.
   * Everything that cannot be deployed is told at once, before anything is made. A deployment that fails later is taken back,
   * but for settings that it changed of what was there before.
   *
   * @param path - the directory of a cloud assembly, or a template's file.
   * @throws {UnsupportedResourceError | UnsupportedPropertyError | InvalidPropertyError | TemplateError |
   * DependencyCycleError | ResourceFailedError | AssemblyError} {DeploymentProblemsError} for several of them.
   */
  deploy(path: string, options?: DeployOptions): Promise<Deployment>;
}

/** Creates a deployer; what it deployed it remembers, for later stacks and for deploying again. */
export function createDeployer(options: DeployerOptions): Deployer {
  let memory: Memory = { exports: new Map(), created: new Map() };

  async function deployAll(
    planned: readonly PlannedStack[],
    undo: (step: () => unknown) => void,
  ): Promise<readonly StackResult[]> {
    const results: StackResult[] = [];
    let grown = memory;
    for (const stack of planned) {
      const result = await stack.deploy(grown, undo);
      results.push(result);
      grown = {
        exports: new Map([...grown.exports, ...result.exports]),
        created: new Map(grown.created).set(result.stack.name, result.created),
      };
    }
    memory = grown;
    return results;
  }

  return {
    async deploy(path, deployOptions = {}) {
      const { projectDirectory } = deployOptions;
      const assembly = await readDeployable(path, options.scratch);
      const wanted = deployOptions.stacks;
      const missing = wanted?.find((name) => !assembly.stacks.some((stack) => stack.name === name));
      if (missing !== undefined) throw new TemplateError(path, `there is no stack ${missing} in it.`);
      const idle = idleSkips(
        deployOptions.skip ?? [],
        assembly.stacks.flatMap(({ template }) => typesIn(template)),
      );
      if (idle !== undefined)
        throw new TemplateError(path, `no resource in it is of the type ${idle}, to be left out.`);
      const stacks = assembly.stacks.filter(({ name }) => wanted?.includes(name) ?? true);
      const assets = createAssetCode(assembly, options.scratch, projectDirectory);
      const exportNames = new Set(memory.exports.keys());
      const planned: PlannedStack[] = [];
      for (const stack of stacks) {
        const plan = planStack(options, deployOptions, stack, assets, new Set(exportNames));
        planned.push(plan);
        for (const name of plan.exportNames) exportNames.add(name);
      }
      refuseProblems(planned.flatMap(({ problems }) => problems));
      const steps: (() => unknown)[] = [];
      try {
        return deploymentOf(await deployAll(planned, (step) => steps.push(step)));
      } catch (error) {
        const failures = await takeBack(steps);
        if (failures.length === 0) throw error;
        throw new AggregateError([error, ...failures], `${String(error)} It could not all be taken back.`);
      }
    },
  };
}

function typesIn({ resources }: Template): readonly string[] {
  return [...resources.values()].map(({ type }) => type);
}

/** Runs all steps, the last one first, and answers with what failed. */
async function takeBack(steps: readonly (() => unknown)[]): Promise<readonly unknown[]> {
  const failures: unknown[] = [];
  for (const step of steps.toReversed()) {
    try {
      await step();
    } catch (error) {
      failures.push(error);
    }
  }
  return failures;
}

function refuseProblems(problems: readonly LocalAwsError[]): void {
  const distinct = [...new Map(problems.map((problem) => [problem.message, problem])).values()];
  const [first, ...others] = distinct;
  if (first && others.length === 0) throw first;
  if (first) throw new DeploymentProblemsError(distinct);
}

function deploymentOf(results: readonly StackResult[]): Deployment {
  const listed = (kind: NonNullable<CreatedResource["listed"]>["as"]) =>
    results.flatMap(({ stack, created }) =>
      Object.keys(stack.physicalIds).flatMap((logicalId) => {
        const entry = created.get(logicalId)?.listed;
        return entry?.as === kind ? [entry.name] : [];
      }),
    );
  return {
    stacks: results.map(({ stack }) => stack),
    outputs: Object.assign({}, ...results.map(({ stack }) => stack.outputs)) as Record<string, string>,
    functions: listed("functions"),
    buckets: listed("buckets"),
    tables: listed("tables"),
    queues: listed("queues"),
    topics: listed("topics"),
  };
}
