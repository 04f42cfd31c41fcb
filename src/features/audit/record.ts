import { storableText, type Tx } from "../../platform/database/index.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import type { Audit, AuditEvent } from "./contract.ts";
import { type Chain, isOurs, type RecordedEvent, type SealedHead, sealed } from "./domain/chain.ts";
import { type Detail, leaksOf, without } from "./domain/detail.ts";
import type { ChainRow } from "./domain/walk.ts";
import { appendEvents, lockHeads } from "./store.ts";

/** The test runner sets this in each test's process. There a leak stops the test; elsewhere it costs the value only. */
const underTest = process.env.NODE_TEST_CONTEXT !== undefined;

/** PostgreSQL takes 65,535 parameters in a statement, and a row has 13. */
const rowsPerStatement = 1000;

type Deps = { clock: Clock; random: Random; chain: Chain };

export const makeRecord =
  ({ clock, random, chain }: Deps): Audit["record"] =>
  async (tx, events) => {
    if (events.length === 0) return;
    const byStream = Map.groupBy(events, ({ organisationId }) => organisationId ?? "service");
    const heads = await lockHeads(tx, [...byStream.keys()]);
    // Taken under the lock, so that the times of a chain never run backwards.
    const at = clock.now();
    const write = (event: AuditEvent) => asWritten(event, random.id(), at);
    for (const head of heads) {
      const isNew = head.head === 0 && head.seal.length === 0;
      const first = isNew || isOurs(head, chain) ? [] : [write(headChanged(head))];
      append(tx, chain, head, [...first, ...(byStream.get(head.stream) ?? []).map(write)]);
    }
  };

function append(tx: Tx, chain: Chain, from: SealedHead, events: readonly RecordedEvent[]): void {
  let { head: number, mac } = from;
  const rows = events.map((event): ChainRow => {
    const rowMac = chain.rowMac(from.stream, event);
    number += 1;
    mac = chain.mac(rowMac, mac);
    return { ...event, number, rowMac, mac };
  });
  for (let done = 0; done < rows.length; done += rowsPerStatement) {
    const some = rows.slice(done, done + rowsPerStatement);
    const last = some.at(-1);
    // It travels with the commit, which fails if this does: nobody has to wait for it here.
    if (last) appendEvents(tx, sealed({ ...from, head: last.number, mac: last.mac }, chain), some).catch(() => {});
  }
}

/** A head that another hand wrote would be covered up by the next one: the chain itself says so for ever. */
const headChanged = ({ stream, head }: SealedHead): AuditEvent => ({
  type: "audit.head-changed",
  result: "refused",
  actor: "system",
  organisationId: stream === "service" ? null : stream,
  detail: { head },
});

/** The event as it will be read back: what PostgreSQL can't store, and what must not be kept, is left out before it is hashed. */
function asWritten(event: AuditEvent, id: string, at: Date): RecordedEvent {
  const text = (value: string | null | undefined) => (value ? storableText(value) : null);
  return {
    id,
    at,
    type: event.type,
    result: event.result,
    actor: event.actor,
    accountId: event.accountId ?? null,
    network: text(event.network),
    reference: text(event.reference),
    detail: storable(withoutLeaks(event.type, event.detail ?? {})),
  };
}

function withoutLeaks(type: string, detail: Detail): Detail {
  const leaks = leaksOf(detail);
  if (leaks.length === 0) return detail;
  if (underTest) throw new Error(`AUD-4: "${leaks.join('", "')}" of ${type} must not be in the audit`);
  return without(detail, leaks);
}

/** As jsonb gives it back: texts that can be stored, no -0, null for what is no number. */
const storable = (detail: Detail): RecordedEvent["detail"] =>
  Object.fromEntries(
    Object.entries(detail)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [
        key,
        typeof value === "string" ? storableText(value) : JSON.parse(JSON.stringify(value)),
      ]),
  );
