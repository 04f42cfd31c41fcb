import type { Db, Tx } from "../../platform/database/index.ts";
import type { Beginning, Method, Purpose } from "../journey/index.ts";
import type { Account } from "../organisations/index.ts";
import type { Session } from "../sessions/index.ts";
import { carriedProofs } from "./carried-proofs.ts";

/** USR-8: whatever else was made under the old password ends with it. The step itself tells the person (USR-7). */
export const changePasswordPurpose: Purpose = {
  name: "change-password",
  signsIn: true,
  endsOthers: true,
  finish: async () => [],
  destination: ({ proofs }) =>
    proofs.some(({ kind }) => kind === "new-password") ? "/account?changed=password" : "/account",
  beginAgain: () => "/account",
};

/** Begins it; resolves to the address of its page. What the session rests on counts where it is fresh enough (USR-9). */
export const makeBeginChangePassword =
  ({
    db,
    methods,
    begin,
  }: {
    db: Db;
    methods: readonly Method[];
    begin(db: Tx | Db, beginning: Beginning): Promise<string>;
  }) =>
  async (account: Account, session: Session, browserHash: Buffer): Promise<string> => {
    const id = await begin(db, {
      purpose: "change-password",
      browserHash,
      organisationId: account.organisationId,
      account,
      proofs: carriedProofs(methods, session),
    });
    return `/journey/${id}`;
  };
