import { Field as Base } from '@base-ui/react/field';
import { createContext, type ReactNode, useContext } from 'react';
import { type ApiError } from '../api/api-error.js';
import { cx } from './cx.js';
import css from './field.module.css';
import { RequestId } from './request-id.js';

/** What the service refused of the form below; fields show what is theirs by their pointer. */
export const FormError = createContext<ApiError | undefined>(undefined);

type FieldProps = Readonly<{
  label: ReactNode;
  /** JSON Pointer of the member of the body that the control is for, such as `/value`: its errors are shown here. */
  pointer?: string;
  /** What is wrong by our own look at it. */
  error?: string | undefined;
  hint?: ReactNode;
  /** The control: `<Input>` or another that Base UI's Field knows. */
  children: ReactNode;
}>;

/** A label, a control, and below it what is wrong, in the service's words. */
export function Field({ label, pointer, error, hint, children }: FieldProps) {
  const refused = useContext(FormError);
  const messages = [...(error === undefined ? [] : [error]), ...(pointer ? (refused?.messagesAt(pointer) ?? []) : [])];
  return (
    <Base.Root className={css.field} invalid={messages.length > 0}>
      <Base.Label className={css.label}>{label}</Base.Label>
      {children}
      {hint !== undefined && <Base.Description className={css.hint}>{hint}</Base.Description>}
      {messages.map((message) => (
        <Base.Error key={message} match className={css.error}>
          {message}
        </Base.Error>
      ))}
    </Base.Root>
  );
}

/** For controls of one line that are no `Input`. */
export const inputClass = cx(css['input']);

/** One line of text, in its own direction; inside a `Field` it is named and described by it. */
export function Input({ className = '', ...props }: Base.Control.Props) {
  return <Base.Control dir="auto" {...props} className={cx(inputClass, typeof className === 'string' && className)} />;
}

/** What no field shows, above the buttons of a form. */
export function FormSummary({
  error,
  pointers,
}: Readonly<{ error: ApiError | undefined; pointers: readonly string[] }>) {
  const messages = error?.messagesBeside(pointers) ?? [];
  return (
    <div role="alert" className={messages.length > 0 ? css.summary : undefined}>
      {messages.map((message) => (
        <p key={message}>{message}</p>
      ))}
      {messages.length > 0 && error?.requestId !== undefined && error.status >= 500 && (
        <RequestId id={error.requestId} />
      )}
    </div>
  );
}
