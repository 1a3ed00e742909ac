import { useCallback, useEffect, useState, type ReactElement } from 'react';
import { Icon } from '../shared/icon';
import { t } from '../shared/strings';
import type { Host } from './host';

/** VS Code's own lists of addresses first: `text/uri-list` may hold the first of several only. */
const RESOURCES = 'resourceurls';
const LISTS = ['application/vnd.code.uri-list', 'text/uri-list'] as const;

/**
 * Opens models that are dropped on this view. Without Shift VS Code takes a drop for itself and opens the file; with Shift it
 * hands it on to the view below, which is here. Files from outside VS Code have no address then, and are left to it.
 */
export function ModelDrop({ host }: { readonly host: Host }): ReactElement | null {
  const open = useCallback((uris: readonly string[]) => void host.rpc.call('openModels', { uris }), [host]);
  const over = useDrop(open);
  if (!over) return null;
  return (
    <div className="drop-target" data-testid="drop-target" role="status">
      <p>
        <Icon name="save" />
        {t('drop.open')}
      </p>
    </div>
  );
}

/** Whether something that can be dropped hovers over the view. */
function useDrop(onDrop: (uris: readonly string[]) => void): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const controller = new AbortController();
    const listen = (type: 'dragover' | 'dragleave' | 'drop', run: (event: DragEvent) => void): void =>
      window.addEventListener(type, run, { signal: controller.signal });
    listen('dragover', (event) => {
      if (event.dataTransfer === null || !hasAddresses(event.dataTransfer)) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = 'copy';
      setOver(true);
    });
    // leaving one element for another in the view is no leaving
    listen('dragleave', ({ relatedTarget }) => relatedTarget === null && setOver(false));
    listen('drop', (event) => {
      setOver(false);
      const uris = event.dataTransfer === null ? [] : addresses(event.dataTransfer);
      if (uris.length === 0) return;
      event.preventDefault();
      onDrop(uris);
    });
    return () => controller.abort();
  }, [onDrop]);
  return over;
}

function hasAddresses({ types }: DataTransfer): boolean {
  return [RESOURCES, ...LISTS].some((type) => types.includes(type));
}

function addresses(data: DataTransfer): readonly string[] {
  const resources = parsed(data.getData(RESOURCES));
  if (resources.length > 0) return resources;
  const list = LISTS.map((type) => data.getData(type)).find((text) => text !== '') ?? '';
  // a line that begins with # is a comment
  return list.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#'));
}

function parsed(json: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(json);
    return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
  } catch {
    return [];
  }
}
