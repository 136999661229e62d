import { type ComponentType, lazy, Suspense } from 'react';

/** A component whose code is loaded when it is shown first. Until then `Waiting` stands in its place, with the same properties, or nothing. */
export function lazyComponent<Name extends string, Props extends object>(
  load: () => Promise<Readonly<Record<Name, ComponentType<Props>>>>,
  name: Name,
  Waiting?: ComponentType<Props>,
): ComponentType<Props> {
  const Loaded = lazy(async () => ({ default: (await load())[name] as ComponentType<object> }));
  return function Lazy(props: Props) {
    return (
      <Suspense fallback={Waiting === undefined ? null : <Waiting {...props} />}>
        <Loaded {...props} />
      </Suspense>
    );
  };
}
