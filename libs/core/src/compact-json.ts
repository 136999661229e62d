import { type InSteps } from './in-steps.js';

/** So many characters are looked at in a step. */
const CHARACTERS_PER_STEP = 65_536;

const [QUOTE, BACKSLASH, SPACE] = [0x22, 0x5c, 0x20];

/** JSON text without its insignificant white space. */
export function* compactJson(text: string): InSteps<string> {
  const parts: string[] = [];
  let isInString = false;
  /** Where the part begins that is not copied yet. */
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    if ((at + 1) % CHARACTERS_PER_STEP === 0) yield;
    const code = text.charCodeAt(at);
    if (code === QUOTE) isInString = !isInString;
    else if (code === BACKSLASH) at += 1;
    else if (code <= SPACE && !isInString) {
      if (at > from) parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  parts.push(text.slice(from));
  return parts.join('');
}
