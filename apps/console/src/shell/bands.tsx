import { CloudOff, Eye, FileText, Info, TriangleAlert } from 'lucide-react';
import { shownAsOf } from '../api/as-of.js';
import { useConfig, useReadOnly } from '../api/config.js';
import { useConnection } from '../api/connection.js';
import { Band } from '../ui/band.js';
import { useSlot } from '../ui/slots.js';
import { Time } from '../ui/time.js';

/** What holds of every page: where one is, why nothing can be changed, whether what is shown is current. */
export function Bands() {
  const { banner, doc_only } = useConfig();
  const readOnly = useReadOnly();
  const { awaySince, answeredAt, staleS } = useConnection();
  const MoreBands = useSlot('bands');
  return (
    <>
      {banner !== undefined && (
        <Band kind="note" icon={<Info aria-hidden />}>
          {banner}
        </Band>
      )}
      {doc_only && (
        <Band kind="warn" icon={<FileText aria-hidden />}>
          This Heksher has no database (DOC_ONLY=true): it serves its documents only.{' '}
          <a href="../docs">API documents</a>
        </Band>
      )}
      {!doc_only && readOnly !== undefined && shownAsOf() === undefined && (
        <Band kind="note" icon={<Eye aria-hidden />}>
          Read-only: {readOnly}
        </Band>
      )}
      {awaySince !== undefined && (
        <Band kind="bad" icon={<CloudOff aria-hidden />}>
          The service does not answer. What you see is as of <Time at={answeredAt} />.
        </Band>
      )}
      {awaySince === undefined && staleS !== undefined && (
        <Band kind="warn" icon={<TriangleAlert aria-hidden />}>
          Answers are {staleS} s old: the database does not answer.
        </Band>
      )}
      {MoreBands !== undefined && <MoreBands />}
    </>
  );
}
