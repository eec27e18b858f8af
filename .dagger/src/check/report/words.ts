/** `1 error`, `2 errors`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** What moves a terminal's cursor or colours, ends a line, or turns the direction of writing. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** Text that is safe on a terminal, of the same length: tabs become a space, other controls a replacement character. */
export function printable(text: string): string {
  return text.replace(/\t/g, " ").replace(CONTROL, "\ufffd");
}
