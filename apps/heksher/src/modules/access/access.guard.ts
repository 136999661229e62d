import { type Json, HeksherError, isSettingName, notFound } from '@heksher/core';
import { findSetting, type Ruleset } from '@heksher/ruleset';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { type Request } from 'express';
import { DataSource } from 'typeorm';
import { notAllowed } from '../../access/access-error.js';
import { admits, isAll } from '../../access/grants.js';
import { mayBegin, type Requirement, type Target } from '../../access/operations.js';
import { admissionOf } from '../../http/admission.js';
import { parseObject } from '../../http/validation.js';
import { sliced } from '../../in-slices.js';
import { RulesetService } from '../ruleset/ruleset.service.js';
import { findSettingOf } from './access.store.js';

/**
 * Proves who asks for what Express serves, and that they may do this with the settings that the request names, by whatever it names them.
 * What reads show is up to their answers, and what writes change is looked at again when they have: see `requireGranted`.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly rulesets: RulesetService,
    private readonly dataSource: DataSource,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<Request>();
    const admission = admissionOf(request);
    if (admission === undefined) return false;
    const { requirement, caller } = admission;
    if (caller.principal === undefined || requirement === undefined || requirement.action === 'public') return true;
    const { action, on } = requirement;
    const { principal, ruleset } = await this.rulesets.prove(caller.principal);
    admission.caller = { ...caller, actor: principal.subject, principal };
    if (action === 'any') return true;
    const granted = principal.permissions[action];
    if (isAll(granted)) return true;
    if (on === 'every') throw notAllowed(action, 'all');
    if (!mayBegin(requirement, principal.permissions)) throw notAllowed(action);
    const names = await this.settingsOf(request, requirement, ruleset);
    const refused = names.filter((name) => !admits(granted, name));
    if (refused.length > 0) throw notAllowed(action, refused);
    return true;
  }

  /** The canonical names of the settings that a request names. Throws `not_found`, as the operation would. */
  private async settingsOf(
    request: Request,
    { action, on }: Requirement,
    ruleset: Ruleset,
  ): Promise<readonly string[]> {
    const target: Exclude<Target, string> | undefined = typeof on === 'string' ? undefined : on;
    if (target === undefined) return [];
    if ('path' in target) return [requireName(ruleset, String(request.params[target.path]))];
    if ('rule' in target) return this.settingOf('rule', String(request.params[target.rule]));
    if ('rollout' in target) return this.settingOf('rollout', String(request.params[target.rollout]));
    const given = 'query' in target ? [request.query[target.query]] : await membersOf(request.body, target.body);
    return given.flatMap((name) => {
      if (typeof name !== 'string') return [];
      const known = findSetting(ruleset, name)?.name;
      if (known !== undefined) return [known];
      if (action === 'declare') return [name];
      if ('query' in target && isSettingName(name)) throw notFound('setting', name, { field: target.query });
      return [];
    });
  }

  /** What is no id is malformed, which the operation says. */
  private async settingOf(kind: 'rule' | 'rollout', text: string): Promise<readonly string[]> {
    const id = Number(text);
    if (!/^[+-]?\d+$/.test(text) || id < 1 || id > LARGEST_ID) return [];
    const setting = await findSettingOf(this.dataSource.manager, kind, id);
    if (setting === undefined) throw notFound(kind, id);
    return [setting];
  }
}

const LARGEST_ID = 2 ** 31 - 1;

function requireName(ruleset: Ruleset, nameOrAlias: string): string {
  const setting = findSetting(ruleset, nameOrAlias);
  if (setting === undefined) throw notFound('setting', nameOrAlias);
  return setting.name;
}

/** Texts among these members of a body; none of one that cannot be read, which the operation says. */
async function membersOf(body: unknown, names: readonly string[]): Promise<readonly (string | undefined)[]> {
  try {
    const { members } = await sliced(parseObject(body));
    return names.map((name) => textOf(members.get(name)));
  } catch (error) {
    if (error instanceof HeksherError) return [];
    throw error;
  }
}

function textOf(json: Json | undefined): string | undefined {
  return json?.kind === 'string' ? json.value : undefined;
}
