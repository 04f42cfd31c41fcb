import type { Duration, Instant } from "../../kernel/time.ts";
import type { RevocationStatus } from "../../ports/certificate-checker.ts";
import { type Certificate, sha256 } from "./certificate.ts";
import { exchange } from "./exchange.ts";
import type { Lists } from "./lists.ts";
import { makeOcspRequest, type OcspAnswer, readOcspResponse } from "./ocsp.ts";
import { Trouble } from "./trouble.ts";

/** Whose revocation is asked for, and where. */
export type Asked = Readonly<{
  certificate: Certificate;
  issuer: Certificate;
  ocspUrls: readonly string[];
  crlUrls: readonly string[];
  mayAsk: (url: string) => boolean;
  /** Cards are asked of OCSP first, being many; CAs of their root's list, being few. */
  first: "ocsp" | "crl";
  now: Instant;
}>;

const largest = 64 * 1024;
const most = 10_000;

/** Tells what is known of a certificate's revocation: by OCSP, by the issuer's list, or from what OCSP last said. Never fails. */
export function makeRevocations({ lists, patience }: { lists: Lists; patience: Duration }) {
  const remembered = makeRemembered();

  const askOcsp = async (url: string, { certificate, issuer, now }: Asked): Promise<OcspAnswer> => {
    const id = `${url} ${sha256(issuer.publicKeyInfo)} ${certificate.serial.toString("hex")}`;
    try {
      const { request, nonce } = makeOcspRequest(certificate, issuer);
      const init = {
        method: "POST",
        body: new Uint8Array(request),
        headers: { "content-type": "application/ocsp-request" },
      };
      const der = await exchange(url, init, largest, AbortSignal.timeout(patience));
      const answer = readOcspResponse(der, { certificate, issuer, nonce, now });
      remembered.keep(id, answer);
      return answer;
    } catch (error) {
      const earlier = remembered.find(id, now);
      if (earlier) return earlier;
      throw error;
    }
  };
  const askList = async (url: string, { certificate, issuer, now }: Asked): Promise<OcspAnswer> => {
    const list = await lists.get(url, issuer, now);
    if (!list.covers(certificate, url)) throw new Trouble("speaks of other certificates");
    return {
      answer: list.serials.has(certificate.serial) ? "revoked" : "good",
      statedAt: list.thisUpdate,
      until: null,
    };
  };

  return async (asked: Asked): Promise<RevocationStatus> => {
    const sources = [
      { by: "ocsp", urls: asked.ocspUrls, ask: askOcsp, name: "OCSP" },
      { by: "crl", urls: asked.crlUrls, ask: askList, name: "The revocation list" },
    ] as const;
    const trouble: string[] = [];
    for (const { by, urls, ask, name } of asked.first === "ocsp" ? sources : sources.toReversed()) {
      const url = urls.find(asked.mayAsk);
      if (url === undefined) {
        trouble.push(
          urls[0] ? `${name}: ${hostOf(urls[0])} may not be asked.` : `${name}: the certificate names none.`,
        );
        continue;
      }
      try {
        const { answer, statedAt } = await ask(url, asked);
        return { answer, by, statedAt, trouble };
      } catch (error) {
        trouble.push(`${name} at ${hostOf(url)} ${error instanceof Trouble ? error.message : "failed"}.`);
      }
    }
    return { answer: "unavailable", by: null, statedAt: null, trouble };
  };
}

export type Revocations = ReturnType<typeof makeRevocations>;

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : "?");

/** What OCSP said last of a certificate: stands in while the responder is away, as long as the answer itself allows. */
function makeRemembered() {
  const answers = new Map<string, OcspAnswer>();
  return {
    keep(id: string, answer: OcspAnswer) {
      answers.delete(id);
      if (answer.until === null || answer.answer === "unknown") return;
      answers.set(id, answer);
      const [oldest] = answers.keys();
      if (answers.size > most && oldest !== undefined) answers.delete(oldest);
    },
    find(id: string, now: Instant): OcspAnswer | null {
      const answer = answers.get(id);
      return answer?.until && answer.until >= now ? answer : null;
    },
  };
}
