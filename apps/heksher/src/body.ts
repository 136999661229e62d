/** The bytes of a body; or a text of ASCII alone, whose characters are its bytes. */
export type Body = Buffer | string;

/** As bytes, which are sent from where they lie: for what is sent again and again, where a text would be copied each time. */
export function bytesOf(body: Body): Buffer {
  return typeof body === 'string' ? Buffer.from(body) : body;
}

/** A text that is sent at once with the head before it fits into the room that Node has for it without asking for more. */
const SHORT = 12_288;

/** A JSON text as it is sent; a short one of ASCII stays as it is, which spares making it a buffer. */
export function bodyOf(text: string): Body {
  return text.length <= SHORT && Buffer.byteLength(text) === text.length ? text : Buffer.from(text);
}
