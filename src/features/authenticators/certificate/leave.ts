import { plus } from "../../../kernel/time.ts";
import type { Db, Tx } from "../../../platform/database/index.ts";
import type { Attempt, Form, Journey, Poster } from "../../journey/index.ts";
import { type Cards, type CertificateDeps, pathHash, pathLifetime } from "./certificate-deps.ts";
import { cardAddress } from "./domain/card-address.ts";
import { type HandoverKind, insertHandover } from "./handover-store.ts";
import { outcome } from "./judge.ts";

export type Leaving = Readonly<{ browserHash: Buffer; journeyId: string | null; kind: HandoverKind }>;

/** Makes the one-time address where this browser shows its certificate. */
export const makeLeave =
  (deps: CertificateDeps & { cards: Cards }) =>
  async (db: Db | Tx, leaving: Leaving): Promise<string> => {
    const { random, clock, cards } = deps;
    const path = random.bytes(32).toString("base64url");
    const name = random.bytes(8).toString("hex");
    const expiresAt = plus(clock.now(), pathLifetime);
    await insertHandover(db, { ...leaving, pathHash: pathHash(deps, path), expiresAt });
    return cardAddress(cards.address, { path, name });
  };

/** Sends the person to the address where the browser shows its certificate. */
export const makeDepart =
  (deps: CertificateDeps, kind: "certificate" | "certificate-link") =>
  async (journey: Journey, form: Form, { browserHash }: Poster): Promise<Attempt> => {
    const { cards } = deps;
    if (form.show === undefined || !cards) return outcome({ result: "left", url: `/journey/${journey.id}` });
    const leave = makeLeave({ ...deps, cards });
    return {
      decide: (tx) => async () => ({
        result: "left",
        url: await leave(tx, { browserHash, journeyId: journey.id, kind }),
      }),
    };
  };
