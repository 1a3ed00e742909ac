import type { ReactElement } from 'react';
import type { GpuState } from '../../src/protocol/report';
import { gpuAdvice } from './gpuState';
import { Icon } from './icon';
import { t } from './strings';

/** "WebGPU: google swiftshader", or why there is none and what to try. */
export function GpuLine({ gpu }: { readonly gpu: GpuState | null }): ReactElement {
  return (
    <p className="gpu" data-testid="gpu" data-available={gpu === null ? 'unknown' : gpu.available}>
      <Icon name="chip" className={gpu?.available === true ? 'good' : ''} />
      <span>
        {gpu === null && t('gpu.asking')}
        {gpu?.available === true && t('gpu.adapter', { adapter: gpu.adapter })}
        {gpu?.available === false && `${t('gpu.none', { reason: gpu.reason })} ${gpuAdvice()}`}
      </span>
    </p>
  );
}
