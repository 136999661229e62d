import { ApiError } from '../api/api-error.js';
import { Button } from './button.js';
import { Empty } from './page.js';
import { RequestId } from './request-id.js';

/** What could not be read, in the service's words, and a way to ask again. */
export function Failure({ error, retry }: Readonly<{ error: unknown; retry?: () => void }>) {
  const title = error instanceof ApiError ? titleOf(error) : 'This page has a fault';
  const message = error instanceof Error ? error.message : String(error);
  const requestId = error instanceof ApiError && error.status >= 500 ? error.requestId : undefined;
  return (
    <Empty title={title}>
      <p>{message}</p>
      {requestId !== undefined && <RequestId id={requestId} />}
      {retry !== undefined && <Button onClick={retry}>Try again</Button>}
    </Empty>
  );
}

function titleOf({ status }: ApiError): string {
  if (status === 404) return 'Not found';
  if (status === 401) return 'Sign in first';
  if (status === 403) return 'Not allowed';
  if (status === 429) return 'Too many requests';
  if (status === 0 || status === 503) return 'The service does not answer';
  return status >= 500 ? 'The service failed' : 'The service refused';
}
