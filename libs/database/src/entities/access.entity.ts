import { Check, Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';

/** A key of our own, without anything of its secret. */
@Entity({ name: 'heksher_keys' })
@Check('heksher_keys_kind_check', `kind in ('user', 'machine', 'public')`)
export class KeyEntity {
  /** What a key is found by. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'heksher_keys_pkey' })
  selector: string;

  @Column({ type: 'text' })
  subject: string;

  @Column({ type: 'text' })
  kind: 'user' | 'machine' | 'public';

  /** Such as `read:billing.*`. */
  @Column({ type: 'text', array: true })
  grants: string[];

  /** Values by context feature. */
  @Column({ type: 'jsonb', default: {} })
  pinned: Readonly<Record<string, string>>;

  @Column({ type: 'text', default: '' })
  description: string;

  @Column({ type: 'timestamptz', name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  /** Null: never. */
  @Column({ type: 'timestamptz', name: 'expires_at', nullable: true })
  expiresAt: Date | null;

  @Column({ type: 'timestamptz', name: 'revoked_at', nullable: true })
  revokedAt: Date | null;

  /** From whose pages a public key may be used; of others there are none. */
  @Column({ type: 'text', array: true, default: [] })
  origins: string[];

  /** How often each address may use a public key, such as `600/m`. */
  @Column({ type: 'text', nullable: true })
  rate: string | null;
}

/** What a key is proved by; apart from the key, so that the change log has nothing of it. It never changes. */
@Entity({ name: 'heksher_key_verifiers' })
export class KeyVerifierEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'heksher_key_verifiers_pkey' })
  @ForeignKey(() => KeyEntity, { name: 'heksher_key_verifiers_selector_fkey', onDelete: 'CASCADE' })
  selector: string;

  /** SHA-256 of the whole key. */
  @Column({ type: 'bytea' })
  verifier: Buffer;
}

/** When a key was used last, give or take a minute. Not in the change log. */
@Entity({ name: 'heksher_key_uses' })
export class KeyUseEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'heksher_key_uses_pkey' })
  @ForeignKey(() => KeyEntity, { name: 'heksher_key_uses_selector_fkey', onDelete: 'CASCADE' })
  selector: string;

  @Column({ type: 'timestamptz', name: 'last_used_at' })
  lastUsedAt: Date;
}

/** What whoever comes with a token of an issuer may do: its subject, the client that it was issued to, or who has a role. */
@Entity({ name: 'heksher_principals' })
@Unique('heksher_principals_kind_issuer_name_key', ['kind', 'issuer', 'name'])
@Check('heksher_principals_kind_check', `kind in ('subject', 'client', 'role')`)
export class PrincipalEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'heksher_principals_pkey' })
  id: string;

  @Column({ type: 'text' })
  kind: 'subject' | 'client' | 'role';

  /** As tokens have it in `iss`. */
  @Column({ type: 'text' })
  issuer: string;

  @Column({ type: 'text' })
  name: string;

  /** Such as `read:billing.*`. */
  @Column({ type: 'text', array: true })
  grants: string[];

  /** Values by context feature. */
  @Column({ type: 'jsonb', default: {} })
  pinned: Readonly<Record<string, string>>;

  @Column({ type: 'text', default: '' })
  note: string;

  @Column({ type: 'timestamptz', name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'updated_at', default: () => 'now()' })
  updatedAt: Date;
}
