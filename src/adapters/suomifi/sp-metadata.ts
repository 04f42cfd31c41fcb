import { X509Certificate } from "node:crypto";
import { type Language, languages } from "../../kernel/language.ts";
import type { RelyingPartyKeys } from "../../ports/identity-broker.ts";
import type { Connection } from "./connection.ts";
import type { Settings } from "./settings.ts";
import { bindings, transient } from "./vocabulary.ts";
import { escapeXml, namespaces } from "./xml.ts";

type Texts = Readonly<Record<Language, string>>;

/** Our metadata: what Suomi.fi must know of us, with every certificate that we publish now. */
export async function spMetadata(connection: Connection): Promise<string> {
  const { entityId, acsUrl, logoutUrl, settings } = connection;
  const keys = await connection.context.keys.published();
  const spaces = [
    `xmlns:md="${namespaces.md}"`,
    `xmlns:ds="${namespaces.ds}"`,
    `xmlns:saml="${namespaces.saml}"`,
    'xmlns:mdattr="urn:oasis:names:tc:SAML:metadata:attribute"',
    'xmlns:mdui="urn:oasis:names:tc:SAML:metadata:ui"',
    'xmlns:xs="http://www.w3.org/2001/XMLSchema"',
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"',
  ].join(" ");
  return `<?xml version="1.0" encoding="UTF-8"?>
<md:EntityDescriptor ${spaces} entityID="${escapeXml(entityId)}">
 <md:Extensions><mdattr:EntityAttributes>
${wishes(connection)}
 </mdattr:EntityAttributes></md:Extensions>
 <md:SPSSODescriptor AuthnRequestsSigned="true" WantAssertionsSigned="true" protocolSupportEnumeration="${namespaces.samlp}">
  <md:Extensions><mdui:UIInfo>
${lookOf(settings)}
  </mdui:UIInfo></md:Extensions>
${keys.map(keyDescriptor).join("\n")}
  <md:SingleLogoutService Binding="${bindings.redirect}" Location="${escapeXml(logoutUrl)}"/>
  <md:NameIDFormat>${transient}</md:NameIDFormat>
  <md:AssertionConsumerService Binding="${bindings.post}" Location="${escapeXml(acsUrl)}" index="1" isDefault="true"/>
  <md:AttributeConsumingService index="1" isDefault="true">
${inEach("md:ServiceName", settings.displayName)}
${settings.attributes.map(requestedAttribute).join("\n")}
  </md:AttributeConsumingService>
 </md:SPSSODescriptor>
 <md:Organization>
${inEach("md:OrganizationName", settings.organisation.name)}
${inEach("md:OrganizationDisplayName", settings.organisation.name)}
${inEach("md:OrganizationURL", settings.organisation.url)}
 </md:Organization>
${settings.contacts.map(contact).join("\n")}
</md:EntityDescriptor>
`;
}

/** What we want of every identification, as Suomi.fi's own attributes. */
function wishes({ settings, methods }: Connection): string {
  const own = "urn:oid:1.2.246.517.3003.111.";
  const values: [name: string, friendlyName: string, values: readonly string[]][] = [
    ["FinnishAuthMethod", "", methods],
    [`${own}3`, "VtjVerificationRequired", [String(settings.vtjVerificationRequired)]],
    [`${own}4`, "SkipEndpointValidationWhenSigned", ["false"]],
    [`${own}14`, "EidasSupport", [settings.eidasSupport]],
    // CBC is what comes without.
    [`${own}26`, "CipherName", settings.cipher === "AES-GCM" ? ["AES-GCM"] : []],
  ];
  return values
    .filter(([, , each]) => each.length > 0)
    .map(([name, friendlyName, each]) => {
      const friendly = friendlyName && ` FriendlyName="${friendlyName}"`;
      const texts = each.map((value) => `<saml:AttributeValue xsi:type="xs:string">${value}</saml:AttributeValue>`);
      return `  <saml:Attribute${friendly} Name="${name}" NameFormat="${uriFormat}">${texts.join("")}</saml:Attribute>`;
    })
    .join("\n");
}

const uriFormat = "urn:oasis:names:tc:SAML:2.0:attrname-format:uri";

const lookOf = ({ displayName, description, privacyUrl, logo }: Settings): string =>
  [
    inEach("mdui:DisplayName", displayName),
    description && inEach("mdui:Description", description),
    privacyUrl && inEach("mdui:PrivacyStatementURL", privacyUrl),
    logo && `   <mdui:Logo width="${logo.width}" height="${logo.height}">${escapeXml(logo.url)}</mdui:Logo>`,
  ]
    .filter(Boolean)
    .join("\n");

const inEach = (element: string, texts: Texts): string =>
  languages.map((one) => `   <${element} xml:lang="${one}">${escapeXml(texts[one])}</${element}>`).join("\n");

type Published = Awaited<ReturnType<RelyingPartyKeys["published"]>>[number];

const keyDescriptor = ({ use, certificate }: Published): string =>
  `  <md:KeyDescriptor use="${use === "sig" ? "signing" : "encryption"}"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>` +
  `${new X509Certificate(certificate).raw.toString("base64")}` +
  "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>";

const requestedAttribute = ({ name, friendlyName }: Settings["attributes"][number]): string => {
  const friendly = friendlyName === undefined ? "" : ` FriendlyName="${escapeXml(friendlyName)}"`;
  return `   <md:RequestedAttribute${friendly} Name="${escapeXml(name)}" NameFormat="${uriFormat}"/>`;
};

const contact = ({ type, givenName, surname, email }: Settings["contacts"][number]): string =>
  ` <md:ContactPerson contactType="${type}"><md:GivenName>${escapeXml(givenName)}</md:GivenName>` +
  `<md:SurName>${escapeXml(surname)}</md:SurName><md:EmailAddress>mailto:${escapeXml(email)}</md:EmailAddress></md:ContactPerson>`;
