import { useEffect, useState } from 'react';

/** Changes with the theme: a canvas does not take on other colours by itself. */
export function useTheme(): number {
  const [changes, setChanges] = useState(0);
  useEffect(() => {
    const observer = new MutationObserver(() => setChanges((count) => count + 1));
    const options = { attributes: true, attributeFilter: ['class', 'style'] };
    // VS Code writes its colours onto the root and the theme's kind onto the body
    observer.observe(document.documentElement, options);
    observer.observe(document.body, options);
    return () => observer.disconnect();
  }, []);
  return changes;
}
