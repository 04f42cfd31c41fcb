import { timingSafeEqual } from "node:crypto";
import type { FastifyRequest } from "fastify";
import type { Keyring } from "../seal/index.ts";

/** The hidden field that proves that a form came from our own page in this browser. */
export const formTokenField = "form_token";

export type FormGuard = {
  /** The token of every form on pages of the browser `browserId`. */
  token(browserId: string): string;
  /** Whether a posted form is our own: its token fits the browser, and the browser says the form stood on our page. */
  isOwn(request: FastifyRequest, browserId: string | null): "own" | "no-cookie" | "foreign";
};

/** Keeps forms that other sites post out (CSRF). `origin` is the public address. */
export function makeFormGuard({ keyring, origin }: { keyring: Keyring; origin: string }): FormGuard {
  const token = (browserId: string) => keyring.hash("form-token", browserId).toString("base64url");
  return {
    token,
    isOwn(request, browserId) {
      const site = request.headers["sec-fetch-site"];
      if (site !== undefined && site !== "same-origin" && site !== "none") return "foreign";
      // Under `Referrer-Policy: no-referrer` browsers send `Origin: null` with our own forms; the token decides then.
      const sender = request.headers.origin;
      if (sender !== undefined && sender !== "null" && sender !== origin) return "foreign";
      if (!browserId) return "no-cookie";
      const given = formField(request, formTokenField) ?? "";
      const expected = Buffer.from(token(browserId));
      const offered = Buffer.from(given);
      return offered.length === expected.length && timingSafeEqual(offered, expected) ? "own" : "foreign";
    },
  };
}

/** One field of a posted form; null when it is missing or was sent twice. */
export function formField(request: FastifyRequest, name: string): string | null {
  const body: unknown = request.body;
  if (typeof body !== "object" || body === null || !Object.hasOwn(body, name)) return null;
  const value: unknown = (body as Record<string, unknown>)[name]; // just checked to be an object
  return typeof value === "string" ? value : null;
}

/** Every field of a posted form that was sent once. */
export function formFields(request: FastifyRequest): Record<string, string> {
  const body: unknown = request.body;
  const entries = typeof body === "object" && body !== null ? Object.entries(body) : [];
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}
