import { type ReactNode, useEffect, useRef } from 'react';
import css from './page.module.css';

type PageProps = Readonly<{
  /** Of the document and the heading; the heading takes the focus when the page is opened, so that it is read. */
  title: string;
  heading?: ReactNode;
  /** Above the heading: where one is. */
  trail?: ReactNode;
  /** Beside the heading. */
  aside?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}>;

/** The frame of every screen. */
export function Page({ title, heading, trail, aside, actions, children }: PageProps) {
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Heksher`;
    // Who has begun to type elsewhere is left there.
    if (document.activeElement === document.body || document.activeElement?.closest('nav')) head.current?.focus();
  }, [title]);
  return (
    <div className={css.page}>
      {trail !== undefined && <p className={css.trail}>{trail}</p>}
      <header className={css.head}>
        <h1 ref={head} tabIndex={-1}>
          {heading ?? title}
        </h1>
        {aside !== undefined && <div className={css.aside}>{aside}</div>}
        {actions !== undefined && <div className={css.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** Instead of a table that has nothing: why, and what to do. */
export function Empty({ title, children }: Readonly<{ title: string; children?: ReactNode }>) {
  return (
    <div className={css.empty}>
      <h2>{title}</h2>
      {children}
    </div>
  );
}
