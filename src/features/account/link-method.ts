import type { Db, Tx } from "../../platform/database/index.ts";
import type { Beginning, Method, Purpose } from "../journey/index.ts";
import { type Account, type Organisation, permittedMethods } from "../organisations/index.ts";
import type { Session } from "../sessions/index.ts";
import { carriedProofs } from "./carried-proofs.ts";

/** USR-2, USR-4: a method more. The step that links it tells the person (USR-7). */
export const linkMethodPurpose: Purpose = {
  name: "link-method",
  signsIn: true,
  finish: async () => [],
  destination: ({ requested: { link = "" }, authenticators }) =>
    authenticators.some(({ method }) => method === link) ? `/account?linked=${link}` : "/account",
  beginAgain: () => "/account",
};

type Linking = Readonly<{ account: Account; organisation: Organisation; session: Session; method: string }>;

/**
 * Begins to link `method`; resolves to the address of its page, or null where it is not one that the organisation
 * permits. What the session rests on counts where it is fresh enough (USR-9).
 */
export const makeBeginLinkMethod =
  ({
    db,
    methods,
    begin,
  }: {
    db: Db;
    methods: readonly Method[];
    begin(db: Tx | Db, beginning: Beginning): Promise<string>;
  }) =>
  async ({ account, organisation, session, method }: Linking, browserHash: Buffer): Promise<string | null> => {
    if (!permittedMethods(organisation.policy, account.category).includes(method)) return null;
    const id = await begin(db, {
      purpose: "link-method",
      browserHash,
      organisationId: account.organisationId,
      account,
      requested: { link: method },
      proofs: carriedProofs(methods, session),
    });
    return `/journey/${id}`;
  };
