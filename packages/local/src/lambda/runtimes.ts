/** Managed runtimes of Node.js that the embedded Lambda runs. */
export const NODE_RUNTIMES = ["nodejs22.x", "nodejs24.x"] as const;

/** Managed runtimes of Python that the embedded Lambda runs, by an interpreter of this machine. */
export const PYTHON_RUNTIMES = [
  ...(["python3.9", "python3.10", "python3.11", "python3.12", "python3.13", "python3.14"] as const),
] as const;

/** A managed runtime of Node.js. */
export type NodeRuntime = (typeof NODE_RUNTIMES)[number];

/** A managed runtime of Python. */
export type PythonRuntime = (typeof PYTHON_RUNTIMES)[number];

/** Managed runtimes the embedded Lambda runs. */
export type LambdaRuntime = NodeRuntime | PythonRuntime;

/** All of them. */
export const LAMBDA_RUNTIMES: readonly LambdaRuntime[] = [...NODE_RUNTIMES, ...PYTHON_RUNTIMES];

/** Whether a name is that of a runtime which is run here. */
export function isLambdaRuntime(name: string): name is LambdaRuntime {
  return LAMBDA_RUNTIMES.some((runtime) => runtime === name);
}

/** Whether a runtime runs Python. */
export function isPython(runtime: LambdaRuntime): runtime is PythonRuntime {
  return runtime.startsWith("python");
}
