import { type ReactNode, useId, useState } from 'react';
import { useConfig } from '../api/config.js';
import { Confirm } from './confirm.js';
import css from './consent.module.css';
import { Field, Input } from './field.js';

/** How much is asked before something is done, from nothing beyond the review to typing a name. */
const LEVELS = ['review', 'confirm', 'acknowledge', 'type'] as const;
export type ConsentLevel = (typeof LEVELS)[number];

/** What is asked here: in production as much as it is said, elsewhere one level less. */
export function useConsent(level: ConsentLevel): ConsentLevel {
  const { environment = '' } = useConfig();
  if (/^prod/i.test(environment)) return level;
  return LEVELS[Math.max(0, LEVELS.indexOf(level) - 1)] ?? 'review';
}

type ConsentProps = Readonly<{
  title: string;
  /** What will follow. */
  children?: ReactNode;
  level: ConsentLevel;
  /** Said beside the checkbox. */
  acknowledgement?: string;
  /** To be typed at the highest level. */
  name: string;
  action: string;
  isDanger?: boolean;
  isPending: boolean;
  isBlocked?: boolean;
  onConfirm: () => void;
  onClose: () => void;
  onAddToChangeSet?: (() => void) | undefined;
}>;

/** Asks for consent before something is done, as much as its level says. */
export function Consent({ level, acknowledgement, name, children, isBlocked = false, ...rest }: ConsentProps) {
  const asked = useConsent(level);
  const [isRead, setRead] = useState(false);
  const [typed, setTyped] = useState('');
  const id = useId();
  const isGiven = asked === 'type' ? typed === name : asked === 'acknowledge' ? isRead : true;
  return (
    <Confirm {...rest} isBlocked={isBlocked || !isGiven}>
      {children}
      {asked === 'acknowledge' && (
        <Acknowledgement id={id} isRead={isRead} onChange={setRead}>
          {acknowledgement}
        </Acknowledgement>
      )}
      {asked === 'type' && (
        <Field
          label={
            <>
              Type <code>{name}</code> to go on
            </>
          }
        >
          <Input
            value={typed}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => setTyped(event.target.value)}
          />
        </Field>
      )}
    </Confirm>
  );
}

type AcknowledgementProps = Readonly<{
  id: string;
  isRead: boolean;
  onChange: (isRead: boolean) => void;
  children?: ReactNode;
}>;

/** A checkbox that must be set before something is done. */
export function Acknowledgement({ id, isRead, onChange, children = 'I have read what follows' }: AcknowledgementProps) {
  return (
    <label className={css['acknowledge']} htmlFor={id}>
      <input id={id} type="checkbox" checked={isRead} onChange={(event) => onChange(event.target.checked)} />
      {children}
    </label>
  );
}
