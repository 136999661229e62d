import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useNavigate } from '@tanstack/react-router';
import { Link2 } from 'lucide-react';
import { useEffect } from 'react';
import { isApiError } from '../api/api-error.js';
import { useConfig } from '../api/config.js';
import { metadataText } from '../api/exact.js';
import { settingQuery, type SettingView } from '../api/queries.js';
import { usePathPart } from '../ui/address.js';
import { Button } from '../ui/button.js';
import { Chip } from '../ui/chip.js';
import { copyText } from '../ui/copy.js';
import { Failure } from '../ui/failure.js';
import { noteOpened } from '../ui/recent.js';
import { Page } from '../ui/page.js';
import { useSlot } from '../ui/slots.js';
import { Skeleton } from '../ui/skeleton.js';
import { NearestNames } from './nearest-names.js';
import css from './setting-page.module.css';

/** A setting: its head and its tabs. What the tabs read with `settingQuery` is read once. */
export function SettingPage() {
  const name = usePathPart('name');
  const { data: answer, error, refetch } = useQuery(settingQuery(name));
  const setting = answer?.data;
  const isUnknown = isApiError(error, 404);
  const alias = useCanonicalAddress(name, setting?.name);
  const Drawers = useSlot('settingDrawers');
  const opened = setting?.name;
  useEffect(() => {
    if (opened !== undefined) noteOpened(opened);
  }, [opened]);
  return (
    <Page
      title={setting?.name ?? name}
      trail={<Link to="/settings">Settings</Link>}
      aside={setting !== undefined && <Facts setting={setting} />}
      actions={setting !== undefined && <Actions setting={setting} />}
    >
      {error !== null && setting === undefined && (
        <Failure error={error} {...(!isUnknown && { retry: () => void refetch() })} />
      )}
      {isUnknown && <NearestNames name={name} />}
      {answer === undefined && error === null && <Skeleton rows={7} />}
      {setting !== undefined && (
        <>
          {alias !== undefined && (
            <p className={css['alias']}>
              <code>{alias}</code> is an alias of <code>{setting.name}</code>.
            </p>
          )}
          <About setting={setting} />
          <Tabs setting={setting} />
          <Outlet />
          {Drawers !== undefined && <Drawers setting={setting} etag={answer?.etag} />}
        </>
      )}
    </Page>
  );
}

/** An alias in the address is answered, and then replaced by the name. @returns the alias */
function useCanonicalAddress(asked: string, name: string | undefined): string | undefined {
  const navigate = useNavigate();
  const alias = window.history.state as { alias?: string } | null;
  useEffect(() => {
    if (name === undefined || name === asked) return;
    void navigate({
      to: '.',
      params: { name },
      search: true,
      replace: true,
      state: (before) => ({ ...before, alias: asked }),
    });
  }, [asked, name, navigate]);
  return alias?.alias;
}

function Facts({ setting }: Readonly<{ setting: SettingView }>) {
  return (
    <>
      <Chip isMono kind="accent">
        {setting.type}
      </Chip>
      <Chip>v{setting.version}</Chip>
      {setting.aliases.length > 0 && <span>also {setting.aliases.join(', ')}</span>}
    </>
  );
}

function Actions({ setting }: Readonly<{ setting: SettingView }>) {
  const More = useSlot('settingActions');
  return (
    <>
      <Button onClick={() => copyText(window.location.href, 'the link')}>
        <Link2 aria-hidden />
        Copy link
      </Button>
      {More !== undefined && <More setting={setting} />}
    </>
  );
}

function About({ setting }: Readonly<{ setting: SettingView }>) {
  const { owner_key, links } = useConfig();
  const description = metadataText(setting.metadata, 'description');
  const owner = metadataText(setting.metadata, owner_key);
  if (description === undefined && owner === undefined && links.length === 0) return null;
  return (
    <p className={css['about']}>
      <bdi>{description}</bdi>
      {description !== undefined && owner !== undefined && ' · '}
      {owner !== undefined && (
        <span className={css['soft']}>
          owned by <bdi>{owner}</bdi>
        </span>
      )}
      {links.map(({ title, url }) => (
        <a
          key={title}
          href={url.replaceAll('{setting}', encodeURIComponent(setting.name))}
          target="_blank"
          rel="noreferrer"
        >
          {title}
        </a>
      ))}
    </p>
  );
}

function Tabs({ setting: { name, rule_count, rollout_count } }: Readonly<{ setting: SettingView }>) {
  return (
    <nav aria-label="Setting" className={css['tabs']}>
      <Link to="/settings/$name" params={{ name }} activeOptions={{ exact: true, includeSearch: false }}>
        Rules and rollouts <span className={css['count']}>{(rule_count + rollout_count).toLocaleString('en')}</span>
      </Link>
      <Link to="/settings/$name/history" params={{ name }}>
        History
      </Link>
      <Link to="/settings/$name/definition" params={{ name }}>
        Definition
      </Link>
    </nav>
  );
}
