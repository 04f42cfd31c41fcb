import { type Duration, seconds } from "../../kernel/time.ts";
import type { CardAuthority, CertificateChecker, CertificateChecking } from "../../ports/certificate-checker.ts";
import { check } from "./check.ts";
import { inspect, listsOf } from "./inspect.ts";
import { makeLists } from "./lists.ts";
import { makeRevocations } from "./revocations.ts";
import { parseCardAuthority, readAuthority } from "./settings.ts";

/** How long a person waits for each. */
export type Patience = Readonly<{ ocsp: Duration; list: Duration }>;

/** Checking of certificates by the authorities that an operator trusts. Make one for the process: it keeps the lists. */
export function makeCertificateChecking(
  patience: Patience = { ocsp: seconds(2), list: seconds(3) },
): CertificateChecking {
  const lists = makeLists(patience.list);
  const revocations = makeRevocations({ lists, patience: patience.ocsp });

  const connect = (given: readonly CardAuthority[]): CertificateChecker => {
    const authorities = given.map(readAuthority);
    for (const authority of authorities)
      for (const [url, issuer] of listsOf(authority)) if (authority.mayAsk(url)) lists.want(url, issuer);
    return {
      check: (der, now) => check(der, now, { authorities, revocations }),
      issuers: authorities.flatMap(({ issuers }) => issuers),
      refresh: lists.refresh,
      inspect: async (now) =>
        (await Promise.all(authorities.map((authority) => inspect(authority, lists, now)))).flat(),
    };
  };
  return { parse: parseCardAuthority, connect };
}
