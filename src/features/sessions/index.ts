export type { EndedSession, Farewell, Session, SessionProof } from "./session.ts";
export { makeSessionId } from "./session-id.ts";
export {
  endAllSessions,
  endOtherSessions,
  endSession,
  findSession,
  listSessions,
  startSession,
  sweepSessions,
} from "./store.ts";
