import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { candourKind, connect } from "../../src/adapters/candour/index.ts";
import type { Level } from "../../src/kernel/identity.ts";
import type { Language } from "../../src/kernel/language.ts";
import { type Duration, minutes } from "../../src/kernel/time.ts";
import { fakeClock } from "../../src/ports/clock.ts";
import type { BrokerContext } from "../../src/ports/identity-broker.ts";
import { type Act, startCandour } from "../doubles/candour/index.ts";
import { refusedKeys } from "./broker-kind.ts";

export const callbackUrl = "https://vahva.example/eid/candour/callback";

type More = Readonly<Record<string, unknown>>;
type Over = { environment?: BrokerContext["environment"]; secret?: string | null; limit?: Duration };

/** The real adapter before the double of Candour, on one clock. */
export async function openCandourGround() {
  const clock = fakeClock();
  const candour = await startCandour({ clock });
  const notErased: string[] = [];

  const adapter = (settings: More = {}, { environment = "test", secret = candour.secret, limit }: Over = {}) => {
    const parsed = candourKind.parse("candour", { ...candour.settings, ...settings });
    assert.ok("settings" in parsed, JSON.stringify(parsed));
    const onNotErased = (broker: string, session: string) => void notErased.push(`${broker} ${session}`);
    const context = { publicUrl: "https://vahva.example", environment, callbackUrl, keys: refusedKeys, onNotErased };
    return connect({ name: "candour", profile: "candour", settings: parsed.settings, secret }, context, limit);
  };

  type Wishes = Over & { settings?: More; level?: Level; language?: Language; means?: string | null };
  /** Leaves for Candour; `come` is what we make of coming back, at any time and as often as one likes. */
  async function leave({ settings, level = "substantial", language = "en", means = null, ...over }: Wishes = {}) {
    const broker = adapter(settings, over);
    const state = randomBytes(32).toString("base64url");
    const sentAt = clock.now();
    const departure = await broker.depart({ state, language, means, level, now: sentAt });
    if (departure.result === "unavailable") return departure;
    const sent = { memory: departure.memory, state, sentAt, language, level };
    return {
      ...departure,
      state,
      come: (answer: Readonly<Record<string, string>> = { state }) =>
        broker.identify(answer, { ...sent, now: clock.now() }),
    };
  }

  /** The way there, what the person does there, told as `more` says, and back. */
  async function round(what: Act = "show tero", more: More = {}, wishes: Wishes = {}) {
    const left = await leave(wishes);
    if (left.result === "unavailable") return left;
    clock.advance(minutes(2));
    candour.act(what, more);
    return left.come();
  }

  return { clock, candour, notErased, adapter, leave, round, stop: candour.stop };
}

export type CandourGround = Awaited<ReturnType<typeof openCandourGround>>;
