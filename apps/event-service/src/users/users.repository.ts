import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { UsherError } from '#kernel';
import { duplicateKeyFields, trustedFilter } from '#persistence';
import { keyOf, type User } from './user.js';
import { USER, type UserDocument } from './users.schema.js';

/** How somebody names an account when signing in. */
export type LoginName = { username: string } | { email: string };

export type UserWithHash = User & { passwordHash: string };

/** The stored users. */
@Injectable()
export class UsersRepository {
  constructor(@InjectModel(USER) private readonly users: Model<UserDocument>) {}

  async find(id: string): Promise<UserWithHash | undefined> {
    return withHash(await this.users.findOne({ _id: id }).lean<UserDocument>());
  }

  /** Those who are not there are missing. */
  async findMany(ids: readonly string[]): Promise<User[]> {
    const documents = await this.users
      .find(trustedFilter({ _id: { $in: [...ids] } }), { password_hash: 0 })
      .lean<Omit<UserDocument, 'password_hash'>[]>();
    return documents.map(toUser);
  }

  async findByLogin(name: LoginName): Promise<UserWithHash | undefined> {
    const filter = 'email' in name ? { email_key: keyOf(name.email) } : { username_key: keyOf(name.username) };
    return withHash(await this.users.findOne(filter).lean<UserDocument>());
  }

  /** Throws `email-taken` and `username-taken`. A repeated insert of the same id throws MongoDB's duplicate key error. */
  async insert({ id, ...user }: User, passwordHash: string): Promise<void> {
    const keys = { email_key: keyOf(user.email), username_key: keyOf(user.username) };
    try {
      await this.users.create({ _id: id, ...user, ...keys, password_hash: passwordHash });
    } catch (error) {
      throw taken(duplicateKeyFields(error)) ?? error;
    }
  }

  /** Throws what `insert` would for its address and name; saves hashing a password for nothing. */
  async requireFree(email: string, username: string): Promise<void> {
    if ((await this.findByLogin({ email })) !== undefined) throw emailTaken();
    if ((await this.findByLogin({ username })) !== undefined) throw usernameTaken();
  }

  /** Writes the profile over the version before; false where that is not the stored one any more. */
  async updateProfile({ id, full_name, locale, timezone, version, updated_at }: User): Promise<boolean> {
    const { matchedCount } = await this.users.updateOne(
      { _id: id, version: version - 1 },
      { $set: { full_name, locale, timezone, version, updated_at } },
    );
    return matchedCount === 1;
  }

  /** Replaces the password of that version; false where it has been replaced already. */
  async updatePassword(user: User, passwordHash: string, now: Date): Promise<boolean> {
    const { matchedCount } = await this.users.updateOne(
      { _id: user.id, password_version: user.password_version },
      { $set: { password_hash: passwordHash, updated_at: now }, $inc: { password_version: 1 } },
    );
    return matchedCount === 1;
  }
}

const toUser = ({
  _id,
  email_key: _email,
  username_key: _username,
  ...user
}: Omit<UserDocument, 'password_hash'>): User => ({ id: _id, ...user });

function withHash(document: UserDocument | null): UserWithHash | undefined {
  if (document === null) return undefined;
  const { password_hash, ...user } = document;
  return { ...toUser(user), passwordHash: password_hash };
}

function taken(fields: readonly string[] | undefined): UsherError | undefined {
  if (fields?.includes('email_key') === true) return emailTaken();
  return fields?.includes('username_key') === true ? usernameTaken() : undefined;
}

const emailTaken = (): UsherError =>
  new UsherError('email-taken', 'An account with this e-mail address exists already.');
const usernameTaken = (): UsherError =>
  new UsherError('username-taken', 'An account with this username exists already.');
