import type { CardAuthority, CertificateChecker, CertificateChecking } from "../../ports/certificate-checker.ts";
import { check } from "./check.ts";
import { inspect, listsOf } from "./inspect.ts";
import { makeLists } from "./lists.ts";
import { makeRevocations } from "./revocations.ts";
import { parseCardAuthority, readAuthority } from "./settings.ts";

/** Checking of certificates by the authorities that an operator trusts. Make one for the process: it keeps the lists. */
export function makeCertificateChecking(): CertificateChecking {
  const lists = makeLists();
  const revocations = makeRevocations({ lists });

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
