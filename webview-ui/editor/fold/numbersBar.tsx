import type { ChangeEvent, ReactElement } from 'react';
import type { KernelFold } from '../../../src/core/view/foldTypes';
import { t } from '../../shared/strings';
import type { ChannelPair } from './useFold';

export interface NumbersBarProps {
  readonly fold: KernelFold;
  /** null: means over all pairs. */
  readonly pair: ChannelPair | null;
  onPair(pair: ChannelPair | null): void;
}

/** Which numbers are shown: means of |w|, or the signed numbers between two channels. */
export function NumbersBar({ fold, pair, onPair }: NumbersBarProps): ReactElement {
  const radio = (signed: boolean, text: string): ReactElement => (
    <label className="segment">
      <input
        type="radio"
        name="fold-numbers"
        checked={(pair !== null) === signed}
        onChange={() => onPair(signed ? { out: 0, input: 0 } : null)}
        data-testid={signed ? 'fold-pair' : 'fold-mean'}
      />
      <span>{text}</span>
    </label>
  );
  return (
    <fieldset className="numbers-bar">
      <legend className="visually-hidden">{t('fold.numbers')}</legend>
      <div className="segments">
        {radio(false, t('fold.mean'))}
        {radio(true, t('fold.pair'))}
      </div>
      {pair !== null && <PairPicker fold={fold} pair={pair} onPair={onPair} />}
    </fieldset>
  );
}

function PairPicker({ fold, pair, onPair }: NumbersBarProps & { readonly pair: ChannelPair }): ReactElement {
  const width = fold.inChannels / fold.groups;
  const first = (out: number): number => Math.floor((out * fold.groups) / fold.outChannels) * width;
  const base = first(pair.out);
  const choose = (out: number, input: number): void => {
    const newBase = first(out);
    // the same channel of the new group
    onPair({ out, input: newBase + Math.max(0, Math.min(width - 1, input - base)) });
  };
  return (
    <>
      <ChannelField
        label={t('fold.in')}
        testId="fold-in"
        value={pair.input}
        least={base}
        most={base + width - 1}
        onValue={(input) => choose(pair.out, input)}
      />
      <span className="muted" aria-hidden="true">
        →
      </span>
      <ChannelField
        label={t('fold.out')}
        testId="fold-out"
        value={pair.out}
        least={0}
        most={fold.outChannels - 1}
        onValue={(out) => choose(out, pair.input)}
      />
    </>
  );
}

interface ChannelFieldProps {
  readonly label: string;
  readonly testId: string;
  readonly value: number;
  readonly least: number;
  readonly most: number;
  onValue(value: number): void;
}

function ChannelField({ label, testId, value, least, most, onValue }: ChannelFieldProps): ReactElement {
  const onChange = ({ target }: ChangeEvent<HTMLInputElement>): void => {
    const entered = target.valueAsNumber;
    if (Number.isInteger(entered)) onValue(Math.max(least, Math.min(most, entered)));
  };
  return (
    <label className="channel">
      {label}
      <input
        type="number"
        className="channel-input"
        data-testid={testId}
        value={value}
        min={least}
        max={most}
        onChange={onChange}
      />
      <span className="muted">{t('fold.upTo', { least, most })}</span>
    </label>
  );
}
