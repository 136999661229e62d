import { type INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { HEKSHER_VERSION } from '../version.js';
import { completeDocument } from './complete-document.js';
import { INTRODUCTION, TAGS } from './introduction.js';

/** The OpenAPI 3.1 document of the application, from what its controllers and DTOs say of themselves. */
export function describeService(app: INestApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Heksher')
    .setVersion(HEKSHER_VERSION)
    .setDescription(INTRODUCTION)
    .setLicense('MIT', 'https://opensource.org/license/mit')
    // Relative to the document itself, so that it holds behind a gateway with a path prefix, too.
    .addServer('.', 'Where this document comes from');
  for (const { name, description } of TAGS) builder.addTag(name, description);
  const document = SwaggerModule.createDocument(app, builder.build(), { autoTagControllers: false });
  return completeDocument({ ...document, security: [] });
}
