import type { FastifyInstance } from "fastify";
import { minutes, plus } from "../../../kernel/time.ts";
import type { Method, MethodRule } from "../../journey/index.ts";
import { makeAskCertificate } from "./ask-certificate.ts";
import { type CardListenerDeps, cardServer } from "./card-routes.ts";
import type { CertificateDeps } from "./certificate-deps.ts";
import { sweepHandovers } from "./handover-store.ts";
import { makeLinkCertificate } from "./link-certificate.ts";
import { makeRemind, type RemindDeps } from "./remind.ts";
import { type CertificateRouteDeps, certificateRoutes } from "./routes.ts";

export type { CardFront } from "./card-routes.ts";
export type { Cards } from "./certificate-deps.ts";
export type { HeaderFormat } from "./domain/client-cert-header.ts";

/** What the pure decisions know of the method. */
export const certificateRule = {
  name: "certificate",
  strength: 3,
  signIn: ["certificate"],
  link: [{ kind: "certificate-link" }],
} as const satisfies MethodRule;

export type CertificateRoom = Readonly<{
  method: Method;
  routes(app: FastifyInstance, deps: Omit<CertificateRouteDeps, keyof CertificateDeps>): void;
  /** The server where browsers show their certificates, not listening yet; null without cards. */
  listener(deps: Pick<CardListenerDeps, "front" | "publicUrl" | "log">): ReturnType<typeof cardServer> | null;
  /** Reads the revocation lists that are due; to be called once a minute on each node. */
  refresh(): Promise<void>;
  /** Tells of cards that expire; to be called once a day or oftener. */
  remind(): Promise<void>;
  /** Forgets what browsers have shown, half an hour after it was of use. */
  sweep(): Promise<number>;
}>;

/** The method "certificate": a card with a certificate, shown by the browser to a listener of its own. */
export function certificate(deps: CertificateDeps & RemindDeps): CertificateRoom {
  return {
    method: {
      ...certificateRule,
      steps: [makeAskCertificate(deps), makeLinkCertificate(deps)],
      // A renewed card beside the one that still works, or one of another issuer.
      several: true,
      isOffered: () => deps.cards !== null,
      icon: "card",
      words: {
        name: "certificate:name",
        signIn: "certificate:continue",
        signInNote: "certificate:continue-note",
        link: "certificate:name",
        linkNote: "certificate:link-note",
      },
    },
    routes: (app, more) => certificateRoutes(app, { ...deps, ...more }),
    listener: (more) => (deps.cards ? cardServer({ ...deps, ...more, cards: deps.cards }) : null),
    refresh: async () => deps.cards?.checker.refresh(deps.clock.now()),
    remind: makeRemind(deps),
    sweep: () => sweepHandovers(deps.db, plus(deps.clock.now(), -minutes(30))),
  };
}
