import { Link } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { useReadOnly } from '../api/config.js';
import { buttonClass } from '../ui/button.js';

/** In the head of the list of settings. */
export function DeclareLink() {
  if (useReadOnly() !== undefined) return null;
  return (
    <Link to="/settings/new" className={buttonClass('primary')}>
      <Plus aria-hidden /> Declare a setting
    </Link>
  );
}
