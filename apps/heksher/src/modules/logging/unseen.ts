/** Control characters, and all else that is not seen itself or alters how the text around it looks. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** As `JSON.stringify`, and still JSON of the same, but that what is not seen stands as `\u202e`. */
export function visibleJson(value: object): string {
  return JSON.stringify(value).replace(UNSEEN, (found) => {
    return Array.from({ length: found.length }, (_, at) => `\\u${hex(found.charCodeAt(at), 4)}`).join('');
  });
}

/** A request must not be able to move the cursor of the reader's terminal, to recolour it, or to reorder what it shows. */
export function escapeUnseen(text: string): string {
  return text.replace(UNSEEN, (found) => {
    const code = found.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${hex(code, 2)}` : `\\u{${hex(code, 4)}}`;
  });
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
