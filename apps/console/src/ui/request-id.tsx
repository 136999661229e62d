import { Button } from './button.js';
import { copyText } from './copy.js';

/** What the logs of the service call the request that failed. */
export function RequestId({ id }: Readonly<{ id: string }>) {
  return (
    <p>
      Request <code>{id}</code>{' '}
      <Button size="small" aria-label="Copy the request id" onClick={() => copyText(id, 'the request id')}>
        Copy
      </Button>
    </p>
  );
}
