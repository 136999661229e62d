import { Drawer } from '../ui/drawer.js';
import css from './shell.module.css';

const KEYS = [
  [
    'Everywhere',
    ['Ctrl K', 'search and commands'],
    ['.', 'the same'],
    ['?', 'this list'],
    ['Esc', 'leave what is open'],
  ],
  [
    'List of settings',
    ['/', 'filter'],
    ['j', 'next'],
    ['k', 'the one before'],
    ['Enter', 'open'],
    ['t', 'values for a context'],
  ],
  [
    'Lines of a setting',
    ['↑ ↓', 'the line before, the next'],
    ['Home End', 'the first, the last'],
    ['e', 'edit'],
    ['d', 'duplicate'],
    ['Del', 'delete'],
    ['n', 'a new rule'],
  ],
] as const;

/** Which keys there are. */
export function KeysHelp({ onClose }: Readonly<{ onClose: () => void }>) {
  return (
    <Drawer
      title="Keys"
      description="Keys without Ctrl can be switched off in the menu at the top right."
      onClose={onClose}
    >
      {KEYS.map(([where, ...keys]) => (
        <section key={where}>
          <h3>{where}</h3>
          <dl className={css['keys']}>
            {keys.map(([key, meaning]) => (
              <div key={key}>
                <dt>
                  <kbd>{key}</kbd>
                </dt>
                <dd>{meaning}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Drawer>
  );
}
