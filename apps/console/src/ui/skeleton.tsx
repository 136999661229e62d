import css from './skeleton.module.css';

/** Rows that will come, in their place. */
export function Skeleton({ rows }: Readonly<{ rows: number }>) {
  return (
    <div className={css['skeleton']} role="status">
      <span className="visually-hidden">Loading</span>
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className={css['row']} aria-hidden />
      ))}
    </div>
  );
}
