import { Link } from '@tanstack/react-router';
import { Copy } from 'lucide-react';
import { IconButton } from '../ui/button.js';
import { copyText } from '../ui/copy.js';
import css from './overview.module.css';

const STEPS = [
  {
    title: 'Name what values depend on',
    text: 'Context features, the most specific last.',
    to: '/features',
    path: 'context_features',
    body: '{"context_feature": "user"}',
  },
  {
    title: 'Declare a setting',
    text: 'Code does this when it starts; or here.',
    to: '/settings/new',
    path: 'settings/declare',
    body: '{"name": "cache_size", "type": "int", "default_value": 60, "configurable_features": ["user"]}',
  },
  {
    title: 'Give some another value',
    text: 'A rule holds where all its conditions do.',
    to: '/settings',
    path: 'rules',
    body: '{"setting": "cache_size", "feature_values": {"user": "guest"}, "value": 10}',
  },
] as const;

/** Of an instance that has nothing yet. */
export function FirstSteps() {
  return (
    <ol className={css['steps']}>
      {STEPS.map(({ title, text, to, path, body }) => {
        const command = `curl -s ${new URL(`../api/v1/${path}`, document.baseURI).href} -d '${body}'`;
        return (
          <li key={title} className={css['card']}>
            <h2>
              <Link to={to}>{title}</Link>
            </h2>
            <p className={css['soft']}>{text}</p>
            <p className={css['command']}>
              <code>{command}</code>
              <IconButton label={`Copy the command: ${title}`} onClick={() => copyText(command, 'the command')}>
                <Copy aria-hidden />
              </IconButton>
            </p>
          </li>
        );
      })}
    </ol>
  );
}
