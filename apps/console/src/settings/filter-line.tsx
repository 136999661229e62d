import { useQuery } from '@tanstack/react-query';
import { ChevronDown, Search } from 'lucide-react';
import { useState } from 'react';
import { contextFeaturesQuery } from '../api/queries.js';
import { Button } from '../ui/button.js';
import { Chip } from '../ui/chip.js';
import { Menu } from '../ui/menu.js';
import { useDraft } from '../ui/use-draft.js';
import { chipsOf, formatFilter, HAS, NO, type SettingsFilter } from './filter-text.js';
import css from './settings.module.css';

const TYPES = ['bool', 'int', 'float', 'str', 'Enum', 'Flags', 'Sequence', 'Mapping'];
const CHANGED = ['1h', '24h', '7d', '30d'];
const toggled = (chosen: readonly string[], value: string): readonly string[] =>
  chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value];
const asItIs = (line: string): string => line.trim();

type FilterLineProps = Readonly<{
  /** As it was typed, and what it says. */
  line: string;
  filter: SettingsFilter;
  onChange: (line: string) => void;
}>;

/** One box for text and filters alike, menus that write into it, and a chip for each filter. */
export function FilterLine({ line: given, filter, onChange }: FilterLineProps) {
  const [line, type] = useDraft(given, asItIs, (next) => onChange(next.trim()));
  const choose = (change: Partial<SettingsFilter>): void => onChange(formatFilter({ ...filter, ...change }));
  return (
    <div className={css['filters']}>
      <div className={css['searchBox']}>
        <Search aria-hidden />
        <input
          dir="auto"
          type="search"
          data-filter
          className={css['search']}
          value={line}
          placeholder="Name, or type:bool owner:… value:… changed:7d"
          aria-label="Filter settings"
          aria-keyshortcuts="/"
          spellCheck={false}
          onChange={(event) => type(event.target.value)}
        />
        <kbd aria-hidden>/</kbd>
      </div>
      <FilterMenu
        label="Type"
        options={TYPES}
        chosen={filter.type === undefined ? [] : [filter.type]}
        onChoose={(value) => choose({ type: filter.type === value ? undefined : value })}
      />
      <FeatureMenu
        filter={filter}
        onChoose={(value) => choose({ feature: filter.feature === value ? undefined : value })}
      />
      <FilterMenu
        label="Has"
        options={[...HAS, ...NO.map((what) => `no ${what}`)]}
        chosen={[...filter.has, ...filter.no.map((what) => `no ${what}`)]}
        onChoose={(value) =>
          choose(
            value.startsWith('no ') ? { no: toggled(filter.no, value.slice(3)) } : { has: toggled(filter.has, value) },
          )
        }
      />
      <FilterMenu
        label="Changed"
        options={CHANGED}
        chosen={filter.changed === undefined ? [] : [filter.changed]}
        onChoose={(value) => choose({ changed: filter.changed === value ? undefined : value })}
      />
      {chipsOf(filter).map(({ label, without }) => (
        <Chip
          key={label}
          kind="accent"
          removeLabel={`Remove the filter ${label}`}
          onRemove={() => onChange(formatFilter(without))}
        >
          {label}
        </Chip>
      ))}
    </div>
  );
}

type FilterMenuProps = Readonly<{
  label: string;
  options: readonly string[];
  chosen: readonly string[];
  onChoose: (value: string) => void;
}>;

function FilterMenu({ label, options, chosen, onChoose }: FilterMenuProps) {
  return (
    <Menu
      align="start"
      trigger={
        <Button>
          {label}
          <ChevronDown aria-hidden />
        </Button>
      }
      entries={options.map((option) => ({
        label: option,
        isChecked: chosen.includes(option),
        onSelect: () => onChoose(option),
      }))}
    />
  );
}

/** Asks which features there are only when somebody points at it. */
function FeatureMenu({ filter, onChoose }: Readonly<{ filter: SettingsFilter; onChoose: (value: string) => void }>) {
  const [isWanted, setWanted] = useState(false);
  const { data: answer } = useQuery({ ...contextFeaturesQuery(), enabled: isWanted });
  return (
    <span onPointerEnter={() => setWanted(true)} onFocus={() => setWanted(true)}>
      <FilterMenu
        label="By"
        options={answer?.data.context_features ?? []}
        chosen={filter.feature === undefined ? [] : [filter.feature]}
        onChoose={onChoose}
      />
    </span>
  );
}
