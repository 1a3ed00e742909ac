/**
 * Starts a classic worker from its script. A webview may not start workers from its own origin: the script comes as a blob, or,
 * in a notebook whose security policy has no blobs, as a data address.
 */
export function startWorker(script: ArrayBuffer): Worker {
  if (forbidsBlobs()) return new Worker(`data:text/javascript;base64,${base64(script)}`);
  const url = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  try {
    return new Worker(url);
  } finally {
    // the worker has hold of the blob by now
    URL.revokeObjectURL(url);
  }
}

/** A worker that is forbidden says nothing but "error", so the policy is read before. */
function forbidsBlobs(): boolean {
  const policy =
    document.querySelector<HTMLMetaElement>('meta[http-equiv="Content-Security-Policy"]')?.content ?? '';
  const rules = new Map(
    policy.split(';').map((rule) => {
      const [name = '', ...sources] = rule.trim().split(/\s+/);
      return [name, sources] as const;
    }),
  );
  const sources = rules.get('worker-src') ?? rules.get('child-src');
  return sources !== undefined && !sources.includes('blob:') && sources.includes('data:');
}

function base64(bytes: ArrayBuffer): string {
  const view = new Uint8Array(bytes);
  const parts: string[] = [];
  for (let from = 0; from < view.length; from += 0x8000)
    parts.push(String.fromCharCode(...view.subarray(from, from + 0x8000)));
  return btoa(parts.join(''));
}
