import { between, type Instant, minutes } from "../../kernel/time.ts";
import type { Exchange } from "./exchange.ts";
import { get } from "./path.ts";
import type { Settings } from "./settings.ts";

export type Capabilities = Readonly<{ patch: boolean; filter: boolean; delete: boolean; etag: boolean; told: boolean }>;

/**
 * What the service says it can do (RFC 7643 §5), read once an hour. An operator knows better; a service that tells nothing
 * can do what the RFC demands, and PATCH.
 */
export function makeCapabilities({ capabilities: configured }: Settings) {
  let known: { at: Instant; capabilities: Capabilities } | undefined;
  return async (exchange: Exchange, now: Instant): Promise<Capabilities> => {
    if (known && between(known.at, now) < minutes(60)) return known.capabilities;
    const { status, body } = await exchange(
      { method: "GET", path: "/ServiceProviderConfig" },
      [400, 403, 404, 405, 501],
    );
    const says = (name: string): boolean | undefined => {
      const supported = get(get(body, name), "supported");
      return status !== 200 || supported === undefined ? undefined : String(supported).toLowerCase() === "true";
    };
    const capabilities = {
      patch: configured.patch ?? says("patch") ?? true,
      filter: configured.filter ?? says("filter") ?? true,
      delete: configured.delete ?? true,
      etag: says("etag") ?? false,
      told: status === 200,
    };
    known = { at: now, capabilities };
    return capabilities;
  };
}
