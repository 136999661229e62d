import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { request } from '../api/client.js';
import { keys } from '../api/queries.js';

/** Settings that have a part of a name that is not there. */
export function NearestNames({ name }: Readonly<{ name: string }>) {
  const part = name.split(/[._-]/).sort((a, b) => b.length - a.length)[0] ?? name;
  const { data: answer } = useQuery({
    queryKey: [...keys.settings, 'nearest', part],
    queryFn: ({ signal }) => request('get', '/api/v1/settings', { query: { q: part, limit: 8 }, signal }),
  });
  const settings = answer?.data.settings ?? [];
  if (settings.length === 0) return null;
  return (
    <section>
      <h2>Did you mean</h2>
      <ul>
        {settings.map((setting) => (
          <li key={setting.name}>
            <Link to="/settings/$name" params={{ name: setting.name }}>
              {setting.name}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
