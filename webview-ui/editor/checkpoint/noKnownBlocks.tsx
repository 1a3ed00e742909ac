import type { ReactElement } from 'react';
import type { ModelView } from '../../../src/core/view/modelView';
import { knownConventions } from '../../../src/core/view/knownConventions';
import { Landmark } from '../../shared/landmark';
import { plural, t } from '../../shared/strings';

/** A checkpoint of whose blocks nothing is known: says so, and what names would be. */
export function NoKnownBlocks({ view }: { readonly view: ModelView }): ReactElement {
  const merged = view.model.convs;
  return (
    <Landmark as="main" className="no-blocks" data-testid="no-known-blocks" tabIndex={0}>
      <h2>{t('checkpoint.emptyTitle')}</h2>
      <p className="muted">{t('checkpoint.emptyText')}</p>
      {merged > 0 && <p data-testid="merged-already">{plural('checkpoint.mergedText', merged)}</p>}
      <table className="ops known-names" data-testid="known-names">
        <caption>{t('checkpoint.known')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('checkpoint.convention')}</th>
            <th scope="col">{t('checkpoint.anchor')}</th>
            <th scope="col">{t('checkpoint.deploy')}</th>
          </tr>
        </thead>
        <tbody>
          {knownConventions().map(({ name, anchor, deploy }) => (
            <tr key={name}>
              <td>{name}</td>
              <td>
                <code>{anchor}</code>
              </td>
              <td>
                {deploy === '' ? (
                  <span className="muted">{t('checkpoint.ownModule')}</span>
                ) : (
                  <code>{deploy}</code>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Landmark>
  );
}
