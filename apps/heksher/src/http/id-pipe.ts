import { invalid, notFound, quoted } from '@heksher/core';
import { Injectable, type PipeTransform } from '@nestjs/common';

const LARGEST_ID = 2 ** 31 - 1;

/** The id of a rule or a rollout from a path: text that is no integer is malformed; an integer that no id can be is not found. */
@Injectable()
export class IdPipe implements PipeTransform<string, number> {
  constructor(private readonly subject: 'rule' | 'rollout') {}

  transform(text: string): number {
    const accepted = `a ${this.subject} id must be an integer`;
    if (!/^[+-]?\d+$/.test(text)) {
      throw invalid(`${accepted}, not ${quoted(text)}`, 'id', { parameter: 'id' });
    }
    const id = Number(text);
    if (id < 1 || id > LARGEST_ID) throw notFound(this.subject, text);
    return id;
  }
}

export const RULE_ID = new IdPipe('rule');

export const ROLLOUT_ID = new IdPipe('rollout');
