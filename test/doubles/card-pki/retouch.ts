import { sign } from "node:crypto";
import { BasicOCSPResponse, OCSPResponse, type ResponseData } from "@peculiar/asn1-ocsp";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";

export type Retouch = "nonce-less" | "nonce-mismatch" | "stale" | "future" | "other-serial" | "bad-signature";

const nonce = "1.3.6.1.5.5.7.48.1.2";
const hour = 3_600_000;

const changes: Record<Retouch, (data: ResponseData) => void> = {
  // Made ahead for everybody: no nonce, and good for a while.
  "nonce-less": (data) => {
    data.responseExtensions = data.responseExtensions?.filter(({ extnID }) => extnID !== nonce) ?? [];
    setTimes(data, -1, 1);
  },
  "nonce-mismatch": (data) => {
    for (const extension of data.responseExtensions ?? [])
      if (extension.extnID === nonce)
        extension.extnValue = new OctetString(Buffer.from(`0420${"5a".repeat(32)}`, "hex"));
  },
  stale: (data) => setTimes(data, -48, -24),
  future: (data) => setTimes(data, 24, 48),
  "other-serial": (data) => {
    for (const { certID } of data.responses) certID.serialNumber = new Uint8Array([0x12, 0x34]).buffer;
  },
  "bad-signature": () => {},
};

/** An answer of OpenSSL's with something changed, and signed anew with the responder's key. */
export function retouch(answer: Buffer, how: Retouch, key: string): Buffer {
  const outer = AsnConvert.parse(answer, OCSPResponse);
  const { responseBytes } = outer;
  if (!responseBytes) return answer;
  const basic = AsnConvert.parse(responseBytes.response.buffer, BasicOCSPResponse);
  changes[how](basic.tbsResponseData);
  if (basic.tbsResponseData.responseExtensions?.length === 0) delete basic.tbsResponseData.responseExtensions;
  delete basic.tbsResponseDataRaw;
  const signed = Buffer.from(AsnConvert.serialize(basic.tbsResponseData));
  const signature = sign("sha256", how === "bad-signature" ? Buffer.from("something else") : signed, key);
  basic.signature = new Uint8Array(signature).buffer;
  responseBytes.response = new OctetString(AsnConvert.serialize(basic));
  return Buffer.from(AsnConvert.serialize(outer));
}

function setTimes(data: ResponseData, from: number, until: number) {
  const at = (hours: number) => new Date(Math.floor((Date.now() + hours * hour) / 1000) * 1000);
  data.producedAt = at(from);
  for (const response of data.responses) {
    response.thisUpdate = at(from);
    response.nextUpdate = at(until);
  }
}
