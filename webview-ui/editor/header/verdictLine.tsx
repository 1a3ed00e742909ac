import type { ReactElement } from 'react';
import type { VerdictNote } from '../../../src/protocol/editor';
import { Icon } from '../../shared/icon';
import { t } from '../../shared/strings';
import { verdictLook } from '../../shared/verdictLook';

export function VerdictLine({ note }: { readonly note: VerdictNote }): ReactElement {
  const { icon, tone } = verdictLook(note.verdict);
  return (
    <p className="verdict-line" data-testid="verdict" data-verdict={note.verdict}>
      <Icon name={icon} className={tone} />
      <span>
        <strong>{t(`verdict.${note.verdict}`)}.</strong> {note.reason}
      </span>
    </p>
  );
}
