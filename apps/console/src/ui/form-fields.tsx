import { type ReactNode, useLayoutEffect, useRef } from 'react';
import { cx } from './cx.js';
import css from './form-fields.module.css';

type FormFieldsProps = Readonly<{
  isPending: boolean;
  isReadOnly?: boolean;
  className?: string | undefined;
  children: ReactNode;
}>;

/**
 * The fields of a form. They take nothing while what stands in them is being sent: it would be lost. Who is in one of them then is back in it
 * afterwards, where it is still there.
 */
export function FormFields({ isPending, isReadOnly = false, className, children }: FormFieldsProps) {
  const fields = useRef<HTMLFieldSetElement>(null);
  const left = useRef<HTMLElement>(undefined);
  // Not by React, which would have let go of the focus before it can be noted.
  useLayoutEffect(() => {
    const set = fields.current;
    if (set === null) return;
    const { activeElement } = document;
    if (isPending && activeElement instanceof HTMLElement && set.contains(activeElement)) left.current = activeElement;
    set.disabled = isPending || isReadOnly;
    if (isPending) return;
    const isNowhere = activeElement === document.body || activeElement?.contains(set) === true;
    if (isNowhere || activeElement === left.current) left.current?.focus();
    left.current = undefined;
  }, [isPending, isReadOnly]);
  return (
    <fieldset ref={fields} className={cx(css['fields'], className)}>
      {children}
    </fieldset>
  );
}
