import { useEffect, useState, type ReactElement } from 'react';
import type { GpuState } from '../../../src/protocol/report';
import { BusyButton } from '../../shared/busyButton';
import { GpuLine } from '../../shared/gpuLine';
import { askGpu } from '../../shared/gpuState';
import { t } from '../../shared/strings';
import type { Offers } from '../host';
import type { ReadyState } from '../modelScreen';
import { FuseButton } from './fuseButton';
import { JobLine } from './jobLine';
import { ModelFacts } from './modelFacts';
import { VerdictLine } from './verdictLine';

export interface ModelHeaderProps {
  readonly state: ReadyState;
  readonly offers: Offers;
  onFuse(): void;
  onVerify(): void;
  onCancel(): void;
  onShapes(): void;
}

const FORMATS = {
  onnx: 'ONNX',
  pt2: 'PyTorch Program',
  torchscript: 'TorchScript',
  checkpoint: 'Checkpoint',
} as const;

/** First glance: what this is, what can be done with it, and on which hardware. */
export function ModelHeader(props: ModelHeaderProps): ReactElement {
  const { state, offers, onFuse, onVerify, onCancel, onShapes } = props;
  const { view, fileName, job, verdict } = state;
  const { model } = view;
  const asksShapes = offers.shapes && view.format === 'torchscript';
  const origin = [
    FORMATS[view.format],
    // of another format it is only how we hold the model
    view.format !== 'onnx' || model.opset === null ? '' : t('header.opset', { n: model.opset }),
    model.producer.replace(` ${FORMATS[view.format]}`, ''),
  ];
  return (
    <header className="header">
      <div className="header-top">
        <div className="title">
          <h1 data-testid="model-name">
            {fileName}{' '}
            {view.format === 'onnx' && model.name !== '' && <span className="graph-name">{model.name}</span>}
          </h1>
          <p className="muted">{origin.filter((part) => part !== '').join(' · ')}</p>
        </div>
        {view.totals.fusable > 0 && (
          <div className="actions">
            {offers.verify && (
              <BusyButton
                className="button big"
                data-testid="verify"
                title={t('verify.hint')}
                busy={job !== null}
                onClick={onVerify}
              >
                {t('verify.button')}
              </BusyButton>
            )}
            {offers.fuse && <FuseButton totals={view.totals} busy={job !== null} onFuse={onFuse} />}
          </div>
        )}
      </div>
      <ModelFacts
        view={view}
        onShapes={asksShapes ? onShapes : null}
        givenShapes={state.givenShapes === true}
      />
      <HeaderGpu />
      {job !== null && <JobLine job={job} onCancel={onCancel} />}
      {job === null && verdict !== null && <VerdictLine note={verdict} />}
    </header>
  );
}

function HeaderGpu(): ReactElement {
  const [gpu, setGpu] = useState<GpuState | null>(null);
  useEffect(() => {
    let here = true;
    void askGpu().then((state) => {
      if (here) setGpu(state);
    });
    return () => {
      here = false;
    };
  }, []);
  return <GpuLine gpu={gpu} />;
}
