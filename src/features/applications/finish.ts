import type { ServerResponse } from "node:http";
import type Provider from "oidc-provider";
import { plus } from "../../kernel/time.ts";
import type { AuditEvent } from "../audit/index.ts";
import type { CodeMemory } from "./code-memory.ts";
import { paths } from "./engine.ts";
import type { Lost, Op } from "./flush-store.ts";
import { type InteractionCookie, interactionLifetime, type StoredInteraction } from "./interaction-cookie.ts";
import { hashOf } from "./token-store.ts";
import { type UnitOfWork, work } from "./unit-of-work.ts";

type Parts = {
  flush(ops: readonly Op[]): Promise<Lost | null>;
  revokeFamily(grantId: string, event: AuditEvent): Promise<void>;
  record(event: AuditEvent): Promise<void>;
  codes: CodeMemory;
  interactions: InteractionCookie;
  sessionCookie: string;
  log: { error(fields: object, message: string): void };
};

type Context = Parameters<Parameters<Provider["use"]>[0]>[0];

/**
 * Puts the writing of a request behind the engine's work and before its answer: Koa sends the answer only when this is
 * done, so that no code, token or cookie leaves for anything that was not written.
 */
export function finishRequests(provider: Provider, parts: Parts): void {
  provider.use(async (ctx, next) => {
    try {
      await next();
      keepOwnCookies(ctx.res, parts.sessionCookie);
      if (ctx.status < 500) await finish(ctx, parts);
    } catch (error) {
      parts.log.error({ err: error, reference: work().edge.reference }, "the OpenID provider failed");
      await fail(ctx);
    }
  });
}

async function finish(ctx: Context, parts: Parts): Promise<void> {
  const current = work();
  const isTokenRequest = ctx.path === paths.token;
  const ops = [...current.ops];
  if (!isTokenRequest) for (const id of current.revoked) ops.push({ op: "revoke-grant", id });
  if (current.started) keepInteraction(ctx.res, current, ops, parts);

  // Before it is written: an identity is never released without a record.
  if (current.released) await parts.record(released(current, current.released));
  const lost = ops.length > 0 ? await parts.flush(ops) : null;
  if (isTokenRequest) {
    // Here a family ends only because its code or refresh token came a second time.
    const families = new Set(current.revoked);
    if (lost === "consumed" && current.family) families.add(current.family.grantId);
    for (const id of families) await parts.revokeFamily(id, reused(current, ctx.oidc.client?.clientId));
  }
  if (lost) return refuse(ctx, lost);
  const issued = current.issued();
  if (issued) parts.codes.put(issued.idHash, issued.entry);
  if (current.resumed?.jti && !current.started)
    parts.interactions.markDone(ctx.res, current.resumed.jti, current.clientId ?? "");
}

/** The request to come back to goes into a cookie, or into a row where that is too small. */
function keepInteraction(response: ServerResponse, current: UnitOfWork, ops: Op[], parts: Parts): void {
  const { started, now } = current;
  if (!started?.journey || !started.requirement) return;
  const { uid, payload, journey, requirement } = started;
  const interaction: StoredInteraction = {
    params: { ...payload.params },
    ...(payload.trusted && { trusted: [...payload.trusted] }),
    ...(payload.cid !== undefined && { cid: payload.cid }),
    ...(payload.parJti !== undefined && { parJti: payload.parJti }),
    createdAt: now,
    expiresAt: plus(now, interactionLifetime),
    journey,
    requirement,
  };
  if (parts.interactions.write(response, uid, interaction)) return;
  ops.push({
    op: "insert-token",
    idHash: hashOf(uid),
    kind: "Interaction",
    grantId: null,
    generation: null,
    sessionUid: null,
    payload: interaction,
    createdAt: now,
    expiresAt: interaction.expiresAt,
  });
}

const reused = ({ family, edge, holder }: UnitOfWork, clientId = ""): AuditEvent => ({
  type: "token.refused",
  result: "refused",
  actor: "stranger",
  organisationId: family ? (holder(family.accountId)?.organisationId ?? null) : null,
  accountId: family?.accountId ?? null,
  network: edge.network,
  reference: edge.reference,
  detail: { application: clientId, reason: "used-twice" },
});

const released = (
  { edge, holder }: UnitOfWork,
  { accountId, clientId }: { accountId: string; clientId: string },
): AuditEvent => ({
  type: "identity.released",
  result: "done",
  actor: `account:${accountId}`,
  organisationId: holder(accountId)?.organisationId ?? null,
  accountId,
  network: edge.network,
  reference: edge.reference,
  detail: { application: clientId },
});

/** Somebody else was faster with the same one-time value: nothing of this request was written, nothing of it is told. */
async function refuse(ctx: Context, lost: Lost): Promise<void> {
  withdraw(ctx);
  if (ctx.path === paths.token && lost === "consumed") {
    ctx.status = 400;
    ctx.body = { error: "invalid_grant", error_description: "grant request is invalid" };
  } else if (ctx.path.startsWith(paths.authorization)) {
    // A pushed request that was used already.
    ctx.status = 400;
    ctx.type = "html";
    ctx.body = await work().edge.page("bad-request", work().clientId);
  } else {
    ctx.status = 401;
    ctx.body = { error: "invalid_client", error_description: "client authentication failed" };
  }
}

async function fail(ctx: Context): Promise<void> {
  withdraw(ctx);
  ctx.status = 500;
  if (ctx.path.startsWith(paths.authorization)) {
    ctx.type = "html";
    ctx.body = await work().edge.page("fault", work().clientId);
  } else {
    ctx.body = { error: "server_error", error_description: "something went wrong; nothing was done" };
  }
}

function withdraw(ctx: Context): void {
  ctx.remove("set-cookie");
  ctx.remove("location");
}

/** The session's cookie belongs to the journey that began it and to sign-out: the engine's own is never sent. */
function keepOwnCookies(response: ServerResponse, sessionCookie: string): void {
  const set = response.getHeader("set-cookie");
  if (set === undefined) return;
  const kept = [set]
    .flat()
    .map(String)
    .filter((cookie) => !cookie.startsWith(`${sessionCookie}=`) && !cookie.startsWith("vahva_unused="));
  if (kept.length > 0) response.setHeader("set-cookie", kept);
  else response.removeHeader("set-cookie");
}
