import { type Evaluation, type JsonText, jsonKey } from '@heksher/core';
import { type BeforeAfter, NEW_ID, type RuleEffect } from '../matrix/rule-effect.js';
import { describeCandidate } from '../matrix/evaluable.js';
import css from './rule.module.css';
import { whereText } from './rule-form.js';

const MOST_EXCEPTIONS = 6;

/** A rule's effect in words, as the service would decide. */
export function WhatThisDoes({ effect, isPartial }: Readonly<{ effect: RuleEffect; isPartial: boolean }>) {
  const { place, count, here, there, except, findings } = effect;
  return (
    <section className={css['effect']} aria-label="What this does" aria-live="polite">
      <h3>What this does</h3>
      <p>
        It takes place <b>{place}</b> of {count}. <Sentence change={here} />
      </p>
      {except.length > 0 && (
        <p>
          But not where a line above it decides: {except.slice(0, MOST_EXCEPTIONS).map(describeCandidate).join('; ')}
          {except.length > MOST_EXCEPTIONS && ` and ${except.length - MOST_EXCEPTIONS} more`}.
        </p>
      )}
      {there !== undefined && (
        <p>
          Where it was: <Sentence change={there} />
        </p>
      )}
      {findings?.map(({ message }) => (
        <p key={message} className={css['finding']}>
          {message}
        </p>
      ))}
      {isPartial && <p className={css['soft']}>Not all lines are loaded here: what the service says below counts.</p>}
    </section>
  );
}

function Sentence({ change: { conditions, before, after } }: Readonly<{ change: BeforeAfter }>) {
  const who = conditions.length === 0 ? 'A context that no line matches' : `A context with ${whereText(conditions)}`;
  if (jsonKey(before.value) === jsonKey(after.value))
    return (
      <>
        {who} gets <Code text={after.value} /> as before
        {sameDecider(before, after) ? '' : `, which ${decider(before)} gave`}: this changes nothing now.
      </>
    );
  return (
    <>
      {who} gets <Code text={after.value} /> instead of <Code text={before.value} />, which {decider(before)} gives now.
      {after.unlessMemberOf !== undefined && ` (Unless it is listed in rollout ${after.unlessMemberOf}.)`}
    </>
  );
}

function Code({ text }: Readonly<{ text: JsonText }>) {
  return <code>{text.length > 80 ? `${text.slice(0, 80)}…` : text}</code>;
}

function sameDecider(a: Evaluation, b: Evaluation): boolean {
  return decider(a) === decider(b);
}

function decider(evaluation: Evaluation): string {
  switch (evaluation.reason) {
    case 'RULE':
      return evaluation.ruleId === NEW_ID ? 'this rule' : `rule ${evaluation.ruleId}`;
    case 'ROLLOUT':
      return `rollout ${evaluation.rolloutId}`;
    case 'DEFAULT':
      return 'the default';
  }
}
