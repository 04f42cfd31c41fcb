// Who may import whom (CONTRIBUTING.md draws it). Tests may look anywhere.

const tests = "\\.test\\.ts$";
const feature = "^src/features/";

/** A feature imports only from floors below its own. */
const floors = [
  ["audit", "messages"],
  ["organisations", "sessions"],
  ["journey", "cases"],
  ["authenticators/[^/]+", "directories"],
  ["activation", "sign-in", "account", "recovery"],
  ["support", "applications"],
  ["console", "api", "guide", "demo"],
];

/** They compute from what they are given: a domain may use them. */
const pureLibraries = "node_modules/(zod|libphonenumber-js)/|^(node:)?url$";

const rooms = floors.flat().join("|");

const floorRules = floors.map((own, height) => ({
  name: `floor-${height}`,
  comment: `${own.join(", ")} may import only from the floors below`,
  severity: "error",
  from: { path: `${feature}(${own.join("|")})/`, pathNot: tests },
  to: { path: `${feature}(?:${floors.slice(height).flat().join("|")})/`, pathNot: `${feature}$1/` },
}));

const never = (name, comment, from, to) => ({ name, comment, severity: "error", from, to });

// biome-ignore lint/style/noDefaultExport: dependency-cruiser reads its rules from there
export default {
  forbidden: [
    never("no-cycles", "Two files that need each other are one, or hide a third", {}, { circular: true }),
    never("found", "Every import must lead somewhere", {}, { couldNotResolve: true }),
    never(
      "pure-domain",
      "A domain imports only itself, the kernel and libraries that only compute: no SQL, no HTTP, no clock, no randomness",
      { path: `${feature}(.+)/domain/`, pathNot: tests },
      { pathNot: [`${feature}$1/domain/`, "^src/kernel/", pureLibraries] },
    ),
    never(
      "front-door",
      "A feature is imported by another only through its index.ts",
      { path: `${feature}(authenticators/[^/]+|[^/]+)/`, pathNot: tests },
      { path: feature, pathNot: [`${feature}$1/`, `${feature}(?:${rooms})/index\\.ts$`] },
    ),
    never(
      "front-door-from-above",
      "Everybody else comes in through index.ts too",
      { path: "^src/(?!features/)", pathNot: tests },
      { path: feature, pathNot: `${feature}(?:${rooms})/index\\.ts$` },
    ),
    never(
      "known-room",
      "Give a new feature its floor in .dependency-cruiser.mjs",
      { path: feature, pathNot: [`${feature}(?:${rooms})/`, tests] },
      {},
    ),
    ...floorRules,
    never(
      "composed-above",
      "Adapters and configuration are handed in by main.ts",
      { path: "^src/(features|ports|platform|kernel)/", pathNot: tests },
      { path: "^src/(adapters/|cli/|main\\.ts$|config\\.ts$)" },
    ),
    never(
      "no-feature-below",
      "What features stand on knows no feature",
      { path: "^src/(adapters|ports|platform|kernel)/", pathNot: tests },
      { path: feature },
    ),
    never(
      "sql-in-stores",
      "Only store.ts speaks SQL",
      { path: feature, pathNot: ["(/|-)store\\.ts$", tests] },
      { path: "node_modules/(kysely|pg)/" },
    ),
    never(
      "http-in-routes",
      "Only routes.ts and applications/ know HTTP; index.ts passes the routes on",
      { path: feature, pathNot: ["(/|-)routes\\.ts$", "/index\\.ts$", `${feature}applications/`, tests] },
      { path: ["node_modules/(@?fastify[^/]*)/", "^(node:)?https?$", "^src/platform/http/"] },
    ),
    never(
      "kernel-alone",
      "The kernel imports nobody",
      { path: "^src/kernel/", pathNot: tests },
      { path: ["^src/(?!kernel/)", "node_modules"] },
    ),
    never(
      "ports-below",
      "A port is types over the kernel",
      { path: "^src/ports/", pathNot: tests },
      { path: "^src/(?!ports/|kernel/)" },
    ),
    never(
      "platform-below",
      "The platform knows the ports and the kernel",
      { path: "^src/platform/", pathNot: tests },
      { path: "^src/(?!platform/|ports/|kernel/)" },
    ),
    never(
      "nothing-of-tests",
      "The product needs neither tests nor scripts nor what only they need",
      { path: "^src/", pathNot: tests },
      { path: ["^(test|scripts|bench)/", tests] },
    ),
    never(
      "no-dev-dependency",
      "A runtime import is a runtime dependency",
      { path: "^src/", pathNot: tests },
      { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"] },
    ),
  ],
  options: {
    parser: "swc",
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["node", "import", "default", "types"] },
  },
};
