// The composition root: what the command line (and a test) makes a service of.
export { type Composed, type ComposeOptions, compose } from "./compose.ts";
export { assemble, serve } from "./serve.ts";
