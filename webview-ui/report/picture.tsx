import type { ReactElement } from 'react';

/** A picture that was made as markup; names in it are escaped where it is made. */
export function Picture({
  markup,
  testId,
}: {
  readonly markup: string;
  readonly testId: string;
}): ReactElement {
  return <div className="picture" data-testid={testId} dangerouslySetInnerHTML={{ __html: markup }} />;
}
