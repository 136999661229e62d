import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { type Body } from '../body.js';

export type Encoding = 'br' | 'gzip';

/** A shorter body is not compressed: it fits into few packets. */
const LEAST_BYTES = 8_192;

/** Brotli at this level is as quick as gzip, and smaller. */
const BROTLI_LEVEL = 4;

const compressors = {
  br: (body: Body) => promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_LEVEL } }),
  gzip: (body: Body) => promisify(gzip)(body),
} satisfies Record<Encoding, (body: Body) => Promise<Buffer>>;

/** Whether answers with such a body are compressed for those who ask, and so vary by `Accept-Encoding`. */
export function isCompressible({ length }: Body): boolean {
  return length > LEAST_BYTES;
}

/** Runs in the thread pool. */
export function compress(body: Body, encoding: Encoding): Promise<Buffer> {
  return compressors[encoding](body);
}

/** The tag of the compressed answer is another one (RFC 9110, 8.8.3), which `matchesEtag` knows. */
export function markedEtag(etag: string, encoding: Encoding): string {
  return `${etag.slice(0, -1)}-${encoding}"`;
}

/** What `Accept-Encoding` likes best of what there is; undefined: the body as it is. */
export function encodingFor(acceptEncoding: string | string[] | undefined): Encoding | undefined {
  if (typeof acceptEncoding !== 'string') return undefined;
  const weights = new Map(acceptEncoding.toLowerCase().split(',').map(codingAndWeight));
  const weightOf = (coding: string): number => weights.get(coding) ?? weights.get('*') ?? 0;
  const [br, gzipped] = [weightOf('br'), weightOf('gzip')];
  if (br === 0 && gzipped === 0) return undefined;
  return br >= gzipped ? 'br' : 'gzip';
}

function codingAndWeight(range: string): [coding: string, weight: number] {
  const [coding = '', ...parameters] = range.split(';').map((part) => part.trim());
  const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  return [coding, weight === undefined ? 1 : Number(weight) || 0];
}

/** Adds to headers, names and values alternating, that the answer depends on what encodings the client takes. */
export function varyByEncoding(headers: string[]): void {
  const at = headers.indexOf('Vary');
  if (at === -1) headers.push('Vary', 'Accept-Encoding');
  else headers[at + 1] = `${headers[at + 1] ?? ''}, Accept-Encoding`;
}
