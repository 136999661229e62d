import { type ContentObject, type OperationObject } from '@nestjs/swagger';

const LINES: ContentObject = {
  'text/csv': {
    schema: { type: 'string' },
    examples: { 'Two units': { summary: 'Two units', value: 'jim\nann@example.com\n' } },
  },
  'application/x-ndjson': {
    schema: { type: 'string' },
    examples: { 'Two units': { summary: 'Two units', value: '"jim"\n"ann@example.com"\n' } },
  },
};

/** Adds the media types of lines to the body of an operation that is marked by `x-lines`. */
export function withLineBodies(operation: OperationObject): OperationObject {
  const { 'x-lines': hasLines, ...rest } = operation as OperationObject & { 'x-lines'?: boolean };
  const { requestBody } = rest;
  if (hasLines !== true || requestBody === undefined || '$ref' in requestBody) return operation;
  return { ...rest, requestBody: { ...requestBody, content: { ...requestBody.content, ...LINES } } };
}
