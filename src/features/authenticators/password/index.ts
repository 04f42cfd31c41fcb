import type { FastifyInstance } from "fastify";
import { Secret } from "../../../kernel/secret.ts";
import type { Db } from "../../../platform/database/index.ts";
import type { Http } from "../../../platform/http/index.ts";
import type { Keyring } from "../../../platform/seal/index.ts";
import { inWholeSeconds } from "../../../platform/throttle/index.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Random } from "../../../ports/random.ts";
import type { StepHandler } from "../../journey/index.ts";
import { makeAskPassword } from "./ask-password.ts";
import { loadCommonPasswords } from "./common-passwords.ts";
import { type Hasher, type HasherOptions, makeHasher } from "./hash.ts";
import { makeNewPassword } from "./new-password.ts";
import { makeOrder, type OrderDeps } from "./temporary/order.ts";
import { orderPasswordRoutes } from "./temporary/order-routes.ts";

export { endPassword, loadPasswordChange } from "./store.ts";
export { type IssuedPassword, makeIssuePasswords } from "./temporary/issue.ts";
export { newPasswordMessage } from "./temporary/message.ts";
export type { Ordered } from "./temporary/order.ts";
export { orderAddress } from "./temporary/pages.ts";
export { deleteTemporary, loadTemporary } from "./temporary/store.ts";

export type PasswordDeps = {
  db: Db;
  clock: Clock;
  random: Random;
  keyring: Pick<Keyring, "hash" | "key">;
  /** The service's name, which no password may contain. */
  serviceName?: string;
  hashing?: Pick<HasherOptions, "cost" | "concurrency" | "queue">;
};

export type Passwords = Readonly<{
  /** For the methods that begin with a password: they list these among their own steps. */
  steps: readonly StepHandler[];
  /** How busy the hasher is, for metrics. */
  hashing: Hasher["state"];
}>;

/** Passwords: the steps that ask for one and that set one. A method of its own it is not. */
export function password({ serviceName = "Vahva", hashing = {}, ...deps }: PasswordDeps): Passwords {
  const pepper = new Secret(deps.keyring.key("password").toString("base64"));
  const hasher = makeHasher({ random: deps.random, pepper, ...hashing });
  const isCommon = loadCommonPasswords();
  return {
    steps: [makeAskPassword({ ...deps, hasher }), makeNewPassword({ ...deps, hasher, isCommon, serviceName })],
    hashing: hasher.state,
  };
}

/** Ordering a new password (REC-2), from the sign-in page or from `/recover`. */
export const makeOrderPassword = (deps: OrderDeps) => {
  const order = makeOrder(deps);
  return (...wish: Parameters<typeof order>) => inWholeSeconds(() => order(...wish));
};

/** The page where one orders it. */
export const orderPassword = (deps: OrderDeps & { http: Http }) => ({
  routes: (app: FastifyInstance) => orderPasswordRoutes(app, { ...deps, order: makeOrderPassword(deps) }),
});
