export { brokerName as proofingName, proofingRegistration } from "./registration.ts";
export { type ProofingDeps, proofingRoutes } from "./routes.ts";
