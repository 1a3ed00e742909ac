import { useEffect, useState } from 'react';

const QUERY = '(prefers-reduced-motion: reduce)';

/** Whether nothing may move by itself: asked of the system, or of VS Code. */
export function useStillness(): boolean {
  const [still, setStill] = useState(asked);
  useEffect(() => {
    const query = window.matchMedia(QUERY);
    const onChange = (): void => setStill(asked());
    query.addEventListener('change', onChange);
    const observer = new MutationObserver(onChange);
    observer.observe(document.body, { attributes: true, attributeFilter: ['class'] });
    return () => {
      query.removeEventListener('change', onChange);
      observer.disconnect();
    };
  }, []);
  return still;
}

function asked(): boolean {
  return window.matchMedia(QUERY).matches || document.body.classList.contains('vscode-reduce-motion');
}
