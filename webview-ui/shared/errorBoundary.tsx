import { Component, type ReactNode } from 'react';
import { Landmark } from './landmark';
import { Notice } from './notice';
import { t } from './strings';

interface Props {
  readonly children: ReactNode;
}

interface State {
  readonly message: string | null;
}

/** A screen that breaks says so, instead of going blank. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { message: null };

  static getDerivedStateFromError(error: unknown): State {
    return { message: error instanceof Error ? error.message : String(error) };
  }

  override render(): ReactNode {
    const { message } = this.state;
    if (message === null) return this.props.children;
    return (
      <Landmark as="main">
        <Notice
          icon="warning"
          title={t('broken.title')}
          text={t('broken.text', { words: message })}
          testId="failed"
        />
      </Landmark>
    );
  }
}
