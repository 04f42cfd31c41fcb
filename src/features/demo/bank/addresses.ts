/** The bank's addresses, and the one service that it serves, at the public address that both share in the demo. */
export function bankAddresses(publicUrl: string) {
  const issuer = `${publicUrl}/demo/bank`;
  return {
    issuer,
    authorize: `${issuer}/authorize`,
    token: `${issuer}/token`,
    signedKeys: `${issuer}/jwks.jwt`,
    client: {
      id: "vahva-demo",
      entityStatement: `${publicUrl}/.well-known/openid-federation`,
      redirectUri: `${publicUrl}/eid/${brokerName}/callback`,
    },
  } as const;
}

/** What the service calls the bank. */
export const brokerName = "demo-bank";

export type BankAddresses = ReturnType<typeof bankAddresses>;

/** The level of the Finnish Trust Network's test environment: it vouches for nobody. */
export const demoLevel = "http://ftn.ficora.fi/2017/loatest2";

/** What the bank signs and encrypts by, and takes signed by. */
export const algorithms = {
  signature: "RS256",
  keyEncryption: "RSA-OAEP",
  contentEncryption: "A128CBC-HS256",
} as const;
