import { type ReactNode, useContext, useId } from 'react';
import { FormError } from '../ui/field.js';
import css from './editors.module.css';

type GroupProps = Readonly<{
  label: string;
  isInside: boolean;
  pointer?: string | undefined;
  problem?: string | undefined;
  children: ReactNode;
}>;

/** Several controls that are one value, with what is wrong with it. */
export function Group({ label, isInside, pointer, problem, children }: GroupProps) {
  const id = useId();
  const refused = useContext(FormError);
  const messages = [
    ...(problem === undefined ? [] : [problem]),
    ...(pointer ? (refused?.messagesAt(pointer) ?? []) : []),
  ];
  return (
    <fieldset className={css['group']} aria-describedby={messages.length > 0 ? id : undefined}>
      <legend className={isInside ? 'visually-hidden' : css['legend']}>{label}</legend>
      {children}
      {messages.length > 0 && (
        <p id={id} className={css['error']}>
          {messages.join('; ')}
        </p>
      )}
    </fieldset>
  );
}
