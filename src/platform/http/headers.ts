import type { ServerResponse } from "node:http";

/**
 * The policy of every page: nothing from elsewhere, no inline script or style, no frame. A form's answer may lead on to
 * an application, and browsers hold redirects to `form-action` too, so that it names every https address.
 */
export function contentSecurityPolicy({ demo }: { demo: boolean }): string {
  return [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "script-src 'self'",
    "connect-src 'self'",
    `form-action 'self' https:${demo ? " http://localhost:* http://127.0.0.1:*" : ""}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join("; ");
}

/** Sets the headers that every answer carries (errors too), save those that a route sets itself. */
export type SetSecurityHeaders = (response: ServerResponse) => void;

export function makeSecurityHeaders({ demo, secure }: { demo: boolean; secure: boolean }): SetSecurityHeaders {
  const headers: Record<string, string> = {
    "content-security-policy": contentSecurityPolicy({ demo }),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cache-control": "no-store",
    ...(secure ? { "strict-transport-security": "max-age=63072000; includeSubDomains" } : {}),
  };
  return (response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  };
}
