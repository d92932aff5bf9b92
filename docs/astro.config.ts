import starlight from "@astrojs/starlight";
import { defineConfig } from "astro/config";
import { sidebar } from "./navigation.ts";
import { workerModules } from "./src/playground/worker-modules.ts";

export default defineConfig({
  // Plain files that open from any folder: publish/ makes every address relative.
  build: { format: "file" },
  outDir: "./.generated/site",
  cacheDir: "./.generated/cache",
  devToolbar: { enabled: false },
  vite: {
    resolve: { conditions: ["longhaul-source"] },
    ssr: { resolve: { conditions: ["longhaul-source"] } },
    // Pages import the packages themselves, which a fresh clone has not built.
    environments: { prerender: { resolve: { conditions: ["longhaul-source"] } } },
    // A simulated function's driver is the simulation's: the SDK that others would load stays out of the worker.
    worker: { plugins: () => [workerModules()], rolldownOptions: { external: [/^@aws-sdk\/(?!client-s3$)/] } },
    plugins: [workerModules()],
    // Astro's own mark for its bundler, which the bundler does not know.
    build: {
      rolldownOptions: { onLog: (level, log, report) => log.code !== "MODULE_LEVEL_DIRECTIVE" && report(level, log) },
    },
  },
  integrations: [
    // In place of Starlight's: a sitemap names absolute addresses, and this site has none.
    { name: "@astrojs/sitemap", hooks: {} },
    starlight({
      title: "Longhaul",
      description: "Long work on AWS Lambda: an ordinary loop that outlasts 15 minutes.",
      sidebar: sidebar(),
      disable404Route: true,
      pagination: true,
      credits: false,
      customCss: [
        "./src/styles/theme.css",
        "./src/styles/content.css",
        "./src/styles/picture.css",
        "./src/styles/print.css",
      ],
      components: {
        Head: "./src/overrides/Head.astro",
        Footer: "./src/overrides/Footer.astro",
        Hero: "./src/overrides/Hero.astro",
        PageTitle: "./src/overrides/PageTitle.astro",
        Search: "./src/overrides/Search.astro",
        SiteTitle: "./src/overrides/SiteTitle.astro",
        ThemeProvider: "./src/overrides/ThemeProvider.astro",
        ThemeSelect: "./src/overrides/ThemeSelect.astro",
      },
    }),
  ],
});
