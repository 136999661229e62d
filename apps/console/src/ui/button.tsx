import { type ComponentProps } from 'react';
import { cx } from './cx.js';
import css from './button.module.css';

export type ButtonProps = ComponentProps<'button'> &
  Readonly<{
    /** `danger` takes away; `quiet` has no border. */
    kind?: 'primary' | 'plain' | 'quiet' | 'danger';
    size?: 'small' | 'usual';
    /** Nothing can be pressed twice while it is carried out. */
    isPending?: boolean;
  }>;

export function Button({ kind = 'plain', size = 'usual', isPending = false, ...props }: ButtonProps) {
  const { className = '', disabled, children, ...rest } = props;
  return (
    <button
      type="button"
      {...rest}
      className={cx(css['button'], css[kind], css[size], className)}
      disabled={disabled === true || isPending}
      aria-busy={isPending || undefined}
    >
      {children}
    </button>
  );
}

/** A button that shows an icon only; `label` is its name, and its tooltip. */
export function IconButton({ label, ...props }: ButtonProps & Readonly<{ label: string }>) {
  return <Button kind="quiet" size="small" {...props} aria-label={label} title={label} />;
}

/** For links that look like buttons: `<Link className={buttonClass('primary')}>`. */
export function buttonClass(kind: NonNullable<ButtonProps['kind']> = 'plain'): string {
  return cx(css['button'], css[kind], css['usual']);
}
