/** The bytes of a body; or a text of ASCII alone, whose characters are its bytes. */
export type Body = Buffer | string;

/** As bytes: for bodies that are sent repeatedly, since a string would be copied each time. */
export function bytesOf(body: Body): Buffer {
  return typeof body === 'string' ? Buffer.from(body) : body;
}

/** Maximum length of a string body: with its head it fits into the buffer that Node already has. */
const SHORT = 12_288;

/** A JSON text as it is sent; a short one of ASCII stays as it is, which avoids a buffer. */
export function bodyOf(text: string): Body {
  return text.length <= SHORT && Buffer.byteLength(text) === text.length ? text : Buffer.from(text);
}
