import { Link } from '@tanstack/react-router';
import { type Condition } from '@heksher/core';
import css from './conditions.module.css';

/** Conditions outside of a matrix; each leads to everything that names the same value. */
export function Conditions({ conditions }: Readonly<{ conditions: readonly Condition[] }>) {
  if (conditions.length === 0) return <span className={css['soft']}>everyone</span>;
  return (
    <span className={css['conditions']}>
      {conditions.map(([feature, value]) => (
        <Link key={feature} to="/values/$feature/$value" params={{ feature, value }} className={css['condition']}>
          <span className={css['soft']}>{feature}</span> <bdi>{value}</bdi>
        </Link>
      ))}
    </span>
  );
}
