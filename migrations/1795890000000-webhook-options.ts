import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** What an endpoint may ask for: signatures by a key pair, whose public key it is shown, and to be asked before anything is sent. */
export class WebhookOptions1795890000000 implements MigrationInterface {
  readonly name = 'WebhookOptions1795890000000';

  async up({ manager: db }: QueryRunner): Promise<void> {
    await db.query(
      'alter table heksher_webhooks add column public_key text, add column handshake boolean not null default false',
    );
  }

  async down({ manager: db }: QueryRunner): Promise<void> {
    await db.query('alter table heksher_webhooks drop column handshake, drop column public_key');
  }
}
