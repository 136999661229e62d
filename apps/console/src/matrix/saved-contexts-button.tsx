import { Bookmark } from 'lucide-react';
import { type ContextValues } from '../api/context-text.js';
import { IconButton } from '../ui/button.js';
import { lazyComponent } from '../ui/lazy-component.js';
import { Popover } from '../ui/menu.js';

const Card = lazyComponent(() => import('./saved-contexts-card.js'), 'SavedContextsCard');

/** Contexts that this browser keeps: to choose one, and to keep the one that is tried. */
export function SavedContexts({
  context,
  onChoose,
}: Readonly<{ context: ContextValues; onChoose: (context: ContextValues) => void }>) {
  return (
    <Popover
      title="Saved contexts"
      trigger={
        <IconButton label="Saved contexts">
          <Bookmark aria-hidden />
        </IconButton>
      }
    >
      {(close) => <Card context={context} onChoose={(chosen) => (close(), onChoose(chosen))} />}
    </Popover>
  );
}
