import { useEffect, useState, type ReactElement } from 'react';
import type { ModelView } from '../../../src/core/view/modelView';
import type { GpuState } from '../../../src/protocol/report';
import { BusyButton } from '../../shared/busyButton';
import { GpuLine } from '../../shared/gpuLine';
import { askGpu } from '../../shared/gpuState';
import { t } from '../../shared/strings';
import { AssumptionList } from '../../shared/assumptionList';
import { CheckpointFacts } from '../checkpoint/checkpointFacts';
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
  onAssumptions(): void;
}

const FORMATS = { onnx: 'ONNX', pt2: 'PyTorch Program', torchscript: 'TorchScript' } as const;

/** First glance: what this is, what can be done with it, and on which hardware. */
export function ModelHeader(props: ModelHeaderProps): ReactElement {
  const { state, offers, onFuse, onVerify, onCancel } = props;
  const { view, fileName, job, verdict } = state;
  const { model } = view;

  return (
    <header className="header">
      <div className="header-top">
        <div className="title">
          <h1 data-testid="model-name">
            {fileName}{' '}
            {view.format === 'onnx' && model.name !== '' && <span className="graph-name">{model.name}</span>}
          </h1>
          <p className="muted">{origin(view)}</p>
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
            {offers.fuse && <FuseButton view={view} busy={job !== null} onFuse={onFuse} />}
          </div>
        )}
      </div>
      <Facts {...props} />
      <HeaderGpu />
      {job !== null && <JobLine job={job} onCancel={onCancel} />}
      {job === null && verdict !== null && <VerdictLine note={verdict} />}
    </header>
  );
}

/** What is in the file, and what is taken for granted. */
function Facts({ state, offers, onShapes, onAssumptions }: ModelHeaderProps): ReactElement {
  const { view, givenShapes } = state;
  const { checkpoint } = view;
  if (checkpoint === undefined) {
    const asksShapes = offers.shapes && view.format === 'torchscript';
    return (
      <ModelFacts view={view} onShapes={asksShapes ? onShapes : null} givenShapes={givenShapes === true} />
    );
  }
  return (
    <>
      <CheckpointFacts checkpoint={checkpoint} totals={view.totals} />
      <AssumptionList
        assumptions={checkpoint.assumptions}
        block={null}
        onChange={offers.assumptions ? onAssumptions : null}
      />
    </>
  );
}

/** What the file is, and who wrote it. */
function origin({ format, checkpoint, model }: ModelView): string {
  if (format === 'checkpoint')
    return t(checkpoint?.kind === 'torch' ? 'checkpoint.torch' : 'checkpoint.safetensors');
  const parts = [
    FORMATS[format],
    // of another format it is only how we hold the model
    format !== 'onnx' || model.opset === null ? '' : t('header.opset', { n: model.opset }),
    model.producer.replace(` ${FORMATS[format]}`, ''),
  ];
  return parts.filter((part) => part !== '').join(' · ');
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
