import { Link } from '@tanstack/react-router';
import {
  Activity,
  FlaskConical,
  History,
  Layers,
  LayoutDashboard,
  ListChecks,
  SlidersHorizontal,
  UserRoundSearch,
} from 'lucide-react';
import css from './shell.module.css';

const PLACES = [
  { to: '/', label: 'Overview', icon: LayoutDashboard },
  { to: '/settings', label: 'Settings', icon: SlidersHorizontal },
  { to: '/try', label: 'Try a context', icon: UserRoundSearch },
  { to: '/rollouts', label: 'Rollouts', icon: FlaskConical },
  { to: '/features', label: 'Context features', icon: Layers },
  { to: '/findings', label: 'Findings', icon: Activity },
  { to: '/changes', label: 'Changes', icon: History },
  { to: '/change-sets', label: 'Change sets', icon: ListChecks },
] as const;

export function Rail({ onLeave }: Readonly<{ onLeave: () => void }>) {
  return (
    <nav aria-label="Console" className={css['places']}>
      {PLACES.map(({ to, label, icon: Icon }) => (
        <Link key={to} to={to} className={css['place']} activeOptions={{ exact: to === '/' }} onClick={onLeave}>
          <Icon aria-hidden />
          {label}
        </Link>
      ))}
    </nav>
  );
}
