import { toast } from './toast.js';

/** Puts a text where it can be pasted, and says so. @param what completes "Copied …" */
export function copyText(text: string, what: string): void {
  copy(text).then(
    () => toast({ title: `Copied ${what}` }),
    () => toast({ title: `The browser does not let ${what} be copied`, description: text, kind: 'failed' }),
  );
}

/** Browsers have no clipboard for pages that came without TLS. */
async function copy(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
}
