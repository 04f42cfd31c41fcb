const softHyphen = /\u00AD/g;
const fixedSpace = /[\u00A0\u202F]/g;

/** Without soft hyphens: for titles, subjects, attributes and whatever is copied or read by a machine. */
export const plainText = (text: string): string => text.replace(softHyphen, "");

/** For a text message: also without the fixed spaces and the minus sign, which are outside GSM-7 and halve its room. */
export const smsText = (text: string): string => plainText(text).replace(fixedSpace, " ").replaceAll("\u2212", "-");
