import { Link } from '@tanstack/react-router';
import { Page } from '../ui/page.js';

export function NotFound() {
  return (
    <Page title="Not found">
      <p>
        There is no such page. <Link to="/settings">All settings</Link>
      </p>
    </Page>
  );
}
