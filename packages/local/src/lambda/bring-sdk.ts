/**
 * The part of the runtime client that finds what AWS's Node.js runtimes bring, `@aws-sdk/*` and `@smithy/*`: what a function
 * does not have of it is taken from the directories of modules that the program was started with.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html
 */
export const BRING_SDK_SOURCE = String.raw`
const sdkParents = process.argv.splice(2).map((directory) => join(directory, "..", "index.js"));
const ofSdk = /^@(?:aws-sdk|smithy)\/[^/]+/;

function withInstruction(error, specifier) {
  const [name] = ofSdk.exec(specifier);
  const instruction = "\nAWS's runtime brings " + name + "; the embedded AWS takes it from your project: npm install --save-dev " + name;
  // A require passes both of the ways below.
  if (!error.message.endsWith(instruction)) error.message += instruction;
  return error;
}

function isMissing(error) {
  return error?.code === "ERR_MODULE_NOT_FOUND" || error?.code === "MODULE_NOT_FOUND";
}

function firstOf(attempts, error) {
  for (const attempt of attempts) {
    try {
      return attempt();
    } catch {}
  }
  throw error;
}

function bringSdk() {
  const resolveFilename = nodeModule._resolveFilename;
  nodeModule._resolveFilename = function (specifier, ...rest) {
    try {
      return resolveFilename.call(this, specifier, ...rest);
    } catch (error) {
      if (!isMissing(error) || !ofSdk.test(specifier)) throw error;
      const paths = sdkParents.map((parent) => dirname(parent));
      return firstOf(
        [() => resolveFilename.call(this, specifier, rest[0], rest[1], { paths })],
        withInstruction(error, specifier),
      );
    }
  };
  // These do not reach a require, whose parent they cannot set.
  nodeModule.registerHooks?.({
    resolve(specifier, context, next) {
      try {
        return next(specifier, context);
      } catch (error) {
        if (!isMissing(error) || !ofSdk.test(specifier)) throw error;
        const attempts = sdkParents.map((parent) => () => next(specifier, { ...context, parentURL: pathToFileURL(parent).href }));
        return firstOf(attempts, withInstruction(error, specifier));
      }
    },
  });
}
bringSdk();
`;
