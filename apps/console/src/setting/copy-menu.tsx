import { Copy, Link, Terminal } from 'lucide-react';
import { type ContextValues } from '../api/context-text.js';
import { IconButton } from '../ui/button.js';
import { copyText } from '../ui/copy.js';
import { Menu } from '../ui/menu.js';

/** A link to what is seen, or a command that asks the same. */
export function CopyMenu({ setting, context }: Readonly<{ setting: string; context: ContextValues }>) {
  const body = JSON.stringify({ context, settings: [setting], explain: true });
  const url = new URL('../api/v1/evaluate', document.baseURI).href;
  const withoutContext = new URL(window.location.href);
  withoutContext.searchParams.delete('ctx');
  withoutContext.searchParams.delete('vs');
  return (
    <Menu
      trigger={
        <IconButton label="Copy">
          <Copy aria-hidden />
        </IconButton>
      }
      entries={[
        {
          label: 'Link to this',
          icon: <Link aria-hidden />,
          onSelect: () => copyText(window.location.href, 'the link'),
        },
        {
          label: 'Link without the context',
          icon: <Link aria-hidden />,
          onSelect: () => copyText(withoutContext.href, 'the link'),
        },
        {
          label: 'curl command',
          icon: <Terminal aria-hidden />,
          onSelect: () => copyText(`curl -s ${url} -d '${body.replaceAll("'", "'\\''")}'`, 'the command'),
        },
        {
          label: 'who-wins command',
          icon: <Terminal aria-hidden />,
          onSelect: () => copyText(whoWins(setting, context), 'the command'),
        },
      ]}
    />
  );
}

/** The little client of the README, which asks the same. */
function whoWins(setting: string, context: ContextValues): string {
  const words = Object.entries(context).map(([feature, value]) => `${feature}=${value}`);
  const quoted = words.map((word) => (/^[\w=.@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`));
  return ['node examples/who-wins.mjs', setting, ...quoted].join(' ');
}
