import type { Prover } from "../../authenticators/eid/index.ts";
import type { RecoveryDeps } from "../recovery-deps.ts";
import { makeDocumentPage, makeGoOn } from "./go-on.ts";
import { makeJudgeDocument } from "./judge-document.ts";

/** What becomes of a document without an identity code: a part of the proof of an MFA reset (REC-3). */
export const makeDocumentPart = (deps: RecoveryDeps) =>
  ({
    judgeDescribed: makeJudgeDocument(deps),
    page: makeDocumentPage(deps),
    attempt: makeGoOn(deps),
  }) as const satisfies Partial<Prover>;
