import { between, type Instant, minutes, plus, seconds } from "../../kernel/time.ts";
import type { Carried } from "../../ports/directory.ts";
import { failed, later } from "../directory-parts/trouble.ts";
import { issuePass } from "./issue-pass.ts";
import type { Notebook } from "./memory.ts";
import { pathOf, readMethods } from "./methods.ts";
import { permissions } from "./permissions.ts";
import { compare, type Entry, namesOfLeft, progressOf, takeSnapshot } from "./snapshot.ts";
import { findUser, refused, refusePrivileged } from "./user.ts";
import type { Work } from "./work.ts";

/** How long what a look has shown is believed, of what may be another thing by the same id. */
const freshFor = seconds(60);

/** How long between looks at what is not over yet. */
const pauses = [2, 4, 8].map(seconds);

/** How long before the first try to remove a method, and before each after a refusal; then it stays. */
const pausesBefore = [0, 0, ...pauses];

/**
 * Removes what existed at `madeAt`, ends sessions, proves it, and issues a pass. Each answer of Graph's is noted before the
 * next question, so that the next attempt goes on from there. Throws `DirectoryTrouble`.
 */
export async function reset(work: Work): Promise<Carried> {
  const { session, settings, notebook, subject } = work;
  if (notebook.read().userId === null) {
    const { id } = await findUser(session, settings, subject);
    await notebook.note({ userId: id });
  }
  const userPath = `/users/${encodeURIComponent(userIdOf(notebook))}`;
  if (!notebook.read().hasNoRoles) {
    await refusePrivileged(session, settings, userIdOf(notebook));
    await notebook.note({ hasNoRoles: true });
  }
  if (notebook.read().entries === null) await look(work, userPath);
  await removeAll(work, userPath);
  if (!notebook.read().areSessionsEnded) {
    const { status } = await session.call("POST", { path: `${userPath}/revokeSignInSessions` });
    if (status >= 300) throw refused(status, "end sessions", permissions.sessions[0]);
    await notebook.note({ areSessionsEnded: true });
  }
  await prove(work, userPath);
  const issued = settings.issuePass.on && !notebook.read().hasOtherPass ? await issuePass(work, userPath) : {};
  const { entries } = notebook.read();
  return { result: "done", progress: progressOf(entries), left: namesOfLeft(entries), ...issued };
}

function userIdOf(notebook: Notebook): string {
  const { userId } = notebook.read();
  if (userId === null) throw new Error("the user has not been found yet");
  return userId;
}

/** Lists what is there now: the first time it is the snapshot, later it is held against it. */
async function look({ session, settings, notebook, madeAt, now }: Work, userPath: string): Promise<void> {
  const version = settings.hardwareTokens ? "beta" : "v1.0";
  const list = await session.list({ path: `${userPath}/authentication/methods`, version });
  if ("status" in list) throw refused(list.status, "list authentication methods", permissions.methods[0]);
  const { userId, entries, passAskedAt } = notebook.read();
  const listed = readMethods(userId ?? "", list.values);
  if (!listed) throw later("Graph's list of methods can't be read");
  const { ahead } = list;
  const seenAt = now();
  const known = entries ?? takeSnapshot(listed, { madeAt, now: seenAt, ahead, leave: settings.leave });
  const { entries: compared, isSettled } = compare(known, listed, seenAt);
  const hasOtherPass = listed.some(
    ({ kind, id, createdAt }) =>
      kind === "temporaryAccessPass" &&
      !known.some((entry) => entry.kind === kind && entry.id === id) &&
      !(passAskedAt && createdAt && createdAt >= plus(passAskedAt, ahead - seconds(2))),
  );
  await notebook.note({ entries: compared, seenAt, isProved: isSettled, hasOtherPass });
}

const thereOf = (notebook: Notebook): Entry[] =>
  (notebook.read().entries ?? []).filter(({ state }) => state === "there");

/** Tries what Graph refuses, which the default method is until the others are gone, a few times more; the rest stays. */
async function removeAll(work: Work, userPath: string): Promise<void> {
  const { notebook, session } = work;
  if (thereOf(notebook).length === 0) return;
  let isForbidden = false;
  for (;;) {
    const pending = thereOf(notebook).filter(({ refusals }) => refusals < pausesBefore.length);
    if (pending.length === 0) break;
    const pause = pausesBefore[Math.min(...pending.map(({ refusals }) => refusals))] ?? 0;
    if (pause > 0) await session.pause(pause);
    for (const entry of pending) isForbidden = (await remove(work, userPath, keyOf(entry))) === 403 || isForbidden;
  }
  if (thereOf(notebook).length === 0) return;
  if ((notebook.read().entries ?? []).some(({ state }) => state === "gone"))
    return change(notebook, (entry) => (entry.state === "there" ? { ...entry, state: "left" } : entry));
  // For whoever has mended it and sends the task again.
  await change(notebook, (entry) => ({ ...entry, refusals: 0 }));
  throw isForbidden
    ? refused(403, "remove authentication methods", permissions.methods[0])
    : failed("Graph refuses to remove any of the account's authentication methods.");
}

const keyOf = ({ kind, id }: Entry): string => `${kind} ${id}`;

/** Removes one, if it is still there; resolves to the status when Graph refuses. */
async function remove(work: Work, userPath: string, key: string): Promise<number | null> {
  const { session, notebook, settings, now } = work;
  const find = () => thereOf(notebook).find((entry) => keyOf(entry) === key);
  if (find()?.mark && !isFresh(notebook, now())) await look(work, userPath);
  const entry = find();
  if (!entry?.kind) return null;
  const version = entry.kind === "hardwareOath" && settings.hardwareTokens ? "beta" : "v1.0";
  const { status } = await session.call("DELETE", { path: `${userPath}${pathOf(entry.kind, entry.id)}`, version });
  if (status >= 300 && status !== 404) {
    // 400 is what Graph says of the default method, and of a phone number that another hangs on.
    await putLast(notebook, key, status === 400 || status === 409 ? entry.refusals + 1 : pausesBefore.length);
    return status;
  }
  const goneAt = now();
  await change(notebook, (each) => (keyOf(each) === key ? { ...each, state: "gone", goneAt } : each));
  return null;
}

/** What is refused is tried after all others, by the next attempt too. */
async function putLast(notebook: Notebook, key: string, refusals: number): Promise<void> {
  const entries = notebook.read().entries ?? [];
  const others = entries.filter((entry) => keyOf(entry) !== key);
  const refused = entries.filter((entry) => keyOf(entry) === key).map((entry) => ({ ...entry, refusals }));
  await notebook.note({ entries: [...others, ...refused] });
}

const change = (notebook: Notebook, one: (entry: Entry) => Entry): Promise<void> =>
  notebook.note({ entries: (notebook.read().entries ?? []).map(one), isProved: false });

function isFresh(notebook: Notebook, now: Instant): boolean {
  const { seenAt } = notebook.read();
  return seenAt !== null && between(seenAt, now) < freshFor;
}

/** Looks until the list shows nothing of what was removed: it lags. */
async function prove(work: Work, userPath: string): Promise<void> {
  const { notebook, session, now } = work;
  if (notebook.read().isProved && isFresh(notebook, now())) return;
  for (const pause of [0, ...pauses]) {
    if (pause > 0) await session.pause(pause);
    await look(work, userPath);
    if (notebook.read().isProved) return;
  }
  throw later("Graph still lists what it has removed", minutes(0.5));
}
