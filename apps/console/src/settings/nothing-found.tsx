import { useSetSearch } from '../ui/address.js';
import { Button } from '../ui/button.js';
import { Empty } from '../ui/page.js';
import { useSlot } from '../ui/slots.js';

export function NothingFound({ line, text }: Readonly<{ line: string; text: string }>) {
  const setSearch = useSetSearch();
  const Declare = useSlot('listActions');
  if (line === '')
    return (
      <Empty title="There are no settings yet">
        <p>Code declares them when it starts; or declare one here.</p>
        {Declare !== undefined && <Declare />}
      </Empty>
    );
  return (
    <Empty title="No setting is found">
      <p>
        None matches <code>{line}</code>.
      </p>
      <Button onClick={() => setSearch({ q: undefined })}>Clear the filter</Button>
      {text !== '' && line !== text && (
        <Button onClick={() => setSearch({ q: text })}>Search for “{text}” alone</Button>
      )}
    </Empty>
  );
}
