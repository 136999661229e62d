import { type INestApplication, type Type } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { HEKSHER_VERSION } from '../version.js';
import { completeDocument } from './complete-document.js';
import { type DocumentAccess, type LoginEndpoints } from './document-access.js';
import { INTRODUCTION, TAGS } from './introduction.js';

/**
 * The OpenAPI 3.1 document of the application, from what its controllers and DTOs say of themselves.
 * @param models answers that no controller names
 * @param login where people log in; undefined: nowhere
 */
export function describeService(
  app: INestApplication,
  models: readonly Type[],
  access: DocumentAccess,
  login: LoginEndpoints | undefined,
): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Heksher')
    .setVersion(HEKSHER_VERSION)
    .setDescription(INTRODUCTION)
    .setLicense('MIT', 'https://opensource.org/license/mit')
    // Relative to the document itself, so that it holds behind a gateway with a path prefix, too.
    .addServer('.', 'Where this document comes from');
  for (const { name, description } of TAGS) builder.addTag(name, description);
  const document = SwaggerModule.createDocument(app, builder.build(), {
    autoTagControllers: false,
    extraModels: [...models],
  });
  return completeDocument({ ...document, security: [] }, access, login);
}
