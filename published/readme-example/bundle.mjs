// Bundles the example by webpack, as an ES module and as CommonJS. The SDK is left to the platform.
import webpack from "webpack";

const formats = [
  { entry: "./out/run.mjs", filename: "webpack.mjs", type: "module", isModule: true },
  { entry: "./out/run.cjs", filename: "webpack.cjs", type: "commonjs", isModule: false },
];
for (const { entry, filename, type, isModule } of formats) {
  const compiler = webpack({
    mode: "production",
    target: "node22",
    entry,
    experiments: { outputModule: isModule },
    output: { filename, path: `${import.meta.dirname}/bundled`, module: isModule },
    // Minifying takes long, and shows nothing of the package.
    optimization: { minimize: false },
    externals: [
      { "@aws-sdk/client-lambda": `${type} @aws-sdk/client-lambda` },
      { "@aws-sdk/client-dynamodb": `${type} @aws-sdk/client-dynamodb` },
    ],
  });
  await new Promise((resolve, reject) => {
    compiler.run((error, stats) => {
      if (error) reject(error);
      else if (stats.hasErrors() || stats.hasWarnings()) reject(new Error(stats.toString("errors-warnings")));
      else resolve(undefined);
    });
  });
}
