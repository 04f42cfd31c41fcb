import { certificateRule } from "./features/authenticators/certificate/index.ts";
import { eidRule } from "./features/authenticators/eid/index.ts";
import { passkeyRule } from "./features/authenticators/passkey/index.ts";
import { totpRule } from "./features/authenticators/totp/index.ts";

/** The methods that policies may permit. `serve.ts` puts each together; nobody else names them. */
export const methodRules = [certificateRule, eidRule, passkeyRule, totpRule] as const;

export const methodNames: readonly string[] = methodRules.map(({ name }) => name);
