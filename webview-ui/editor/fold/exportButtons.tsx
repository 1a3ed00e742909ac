import { useState, type ReactElement, type RefObject } from 'react';
import type { Picture } from '../../../src/protocol/editor';
import { Icon } from '../../shared/icon';
import { t } from '../../shared/strings';
import type { Host } from '../host';
import { exportPicture } from './exportPicture';

export interface ExportButtonsProps {
  readonly host: Host;
  readonly block: string;
  readonly picture: RefObject<SVGSVGElement | null>;
}

/** Saves the fold as it is shown. */
export function ExportButtons({ host, block, picture }: ExportButtonsProps): ReactElement {
  const [problem, setProblem] = useState<string | null>(null);
  const save = async (format: Picture['format']): Promise<void> => {
    setProblem(null);
    if (picture.current === null) return;
    try {
      const saved = await host.rpc.call('savePicture', await exportPicture(picture.current, block, format));
      if (!saved.ok) setProblem(saved.problem.message);
    } catch (error) {
      setProblem(t('fold.noPicture', { words: error instanceof Error ? error.message : String(error) }));
    }
  };
  return (
    <div className="export-buttons">
      {(['svg', 'png'] as const).map((format) => (
        <button
          key={format}
          type="button"
          className="icon-button labelled"
          data-testid={`save-${format}`}
          title={t('fold.save', { format: format.toUpperCase() })}
          aria-label={t('fold.save', { format: format.toUpperCase() })}
          onClick={() => void save(format)}
        >
          <Icon name="save" />
          {format.toUpperCase()}
        </button>
      ))}
      {problem !== null && (
        <p role="alert" className="bad">
          {problem}
        </p>
      )}
    </div>
  );
}
