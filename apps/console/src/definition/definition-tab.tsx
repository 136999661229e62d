import { formatJson } from '@heksher/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode } from 'react';
import { useReadOnly } from '../api/config.js';
import { settingQuery, type SettingView } from '../api/queries.js';
import { prettyJson } from '../editors/pretty-json.js';
import { usePathPart, useSearchTexts, useSetSearch } from '../ui/address.js';
import { Button } from '../ui/button.js';
import { ChangeDefinition } from './change-definition.js';
import { Consumers } from './consumers.js';
import css from './definition.module.css';
import { DeleteSetting } from './delete-setting.js';
import { RenameSetting } from './rename-setting.js';

/** What code declares of a setting, and what is done rarely. */
export function DefinitionTab() {
  const name = usePathPart('name');
  const { data: answer } = useQuery(settingQuery(name));
  const { edit } = useSearchTexts();
  const setSearch = useSetSearch();
  const isReadOnly = useReadOnly() !== undefined;
  const setting = answer?.data;
  if (setting === undefined) return null;
  const open = (what: string) => () => setSearch({ edit: what }, true);
  const close = () => setSearch({ edit: undefined });
  return (
    <div className={css['tab']}>
      <section className={css['card']}>
        <header>
          <h2>Declared by code</h2>
          {!isReadOnly && <Button onClick={open('definition')}>Change</Button>}
        </header>
        <dl className={css['facts']}>
          <Fact name="Type">
            <code>{setting.type}</code>
          </Fact>
          <Fact name="Default">
            <pre>{prettyJson(setting.default_value)}</pre>
          </Fact>
          <Fact name="Version">{setting.version}</Fact>
          <Fact name="Configurable by">{setting.configurable_features.join(', ')}</Fact>
          {setting.aliases.length > 0 && <Fact name="Aliases">{setting.aliases.join(', ')}</Fact>}
        </dl>
      </section>
      <Metadata setting={setting} />
      <Consumers revision={answer?.revision} />
      {!isReadOnly && (
        <section className={css['danger']}>
          <header>
            <h2>Name and end</h2>
          </header>
          <p>
            <Button onClick={open('rename')}>Rename</Button> The old name becomes an alias: code that uses it goes on.
          </p>
          <p>
            <Button kind="danger" onClick={open('delete-setting')}>
              Delete
            </Button>{' '}
            With its {setting.rule_count} rules and {setting.rollout_count} rollouts.
          </p>
        </section>
      )}
      {!isReadOnly && edit === 'definition' && <ChangeDefinition setting={setting} onClose={close} />}
      {!isReadOnly && edit === 'rename' && <RenameSetting setting={setting} onClose={close} />}
      {!isReadOnly && edit === 'delete-setting' && <DeleteSetting setting={setting} onClose={close} />}
    </div>
  );
}

function Fact({ name, children }: Readonly<{ name: string; children: ReactNode }>) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Metadata({ setting }: Readonly<{ setting: SettingView }>) {
  const members = setting.metadata.kind === 'object' ? [...setting.metadata.members] : [];
  return (
    <section className={css['card']}>
      <header>
        <h2>Metadata</h2>
      </header>
      {members.length === 0 && <p className={css['soft']}>None.</p>}
      <dl className={css['facts']}>
        {members.map(([key, value]) => {
          const text = value.kind === 'string' ? value.value : formatJson(value);
          return (
            <Fact key={key} name={key}>
              {/^https?:\/\/\S+$/.test(text) ? (
                <a href={text} rel="noreferrer" target="_blank">
                  {text}
                </a>
              ) : (
                text
              )}
            </Fact>
          );
        })}
      </dl>
      <p className={css['soft']}>
        The default belongs to the code. To give another value prefer a rule, or{' '}
        <Link to="/settings/$name" params={{ name: setting.name }} search={{ edit: 'everyone' } as never}>
          a value for everyone
        </Link>
        .
      </p>
    </section>
  );
}
