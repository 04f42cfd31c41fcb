/** The names of the methods that policies may permit. `serve.ts` puts each together; nobody else names them. */
export const methodNames = ["certificate", "eid", "passkey", "totp"] as const;
