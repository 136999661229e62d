import { type INestApplication } from '@nestjs/common';

/** Serve the OpenAPI document and the two pages that show it. */
export function serveDocuments(_app: INestApplication): void {}
