/** A parameter's name as PyTorch writes it: "blocks.1.conv.weight". */
const PARAMETER = /^[A-Za-z_]\w*(\.\w+)+$/;

/**
 * The module that a set of nodes belongs to: the longest path that all their names share, '' where there is none.
 * The TorchScript exporter names nodes by scope ("/blocks.1/d/d.0/Conv" lies in "blocks.1.d.0"). The dynamo exporter
 * doesn't ("node_Conv_38"); then the names of the weights say it ("b.0.a.0.weight" lies in "b.0.a.0").
 */
export function modulePath(nodeNames: readonly string[], weightNames: readonly string[] = []): string {
  const scopes = nodeNames.filter((name) => name.startsWith('/')).map(scopePath);
  if (scopes.length > 0) return commonPath(scopes);
  return commonPath(
    weightNames.filter((name) => PARAMETER.test(name)).map((name) => name.split('.').slice(0, -1)),
  );
}

/** "/layer1/layer1.0/conv/Conv" → layer1, 0, conv: a container's element repeats the container's name. */
function scopePath(name: string): readonly string[] {
  const path: string[] = [];
  let previous = '';
  for (const segment of name.split('/').slice(1, -1)) {
    const inContainer = previous !== '' && segment.startsWith(`${previous}.`);
    path.push(...(inContainer ? segment.slice(previous.length + 1) : segment).split('.'));
    previous = segment;
  }
  return path;
}

function commonPath(paths: readonly (readonly string[])[]): string {
  const [first, ...rest] = paths;
  if (first === undefined) return '';
  let length = first.length;
  for (const path of rest) {
    let same = 0;
    while (same < length && path[same] === first[same]) same++;
    length = same;
  }
  return first.slice(0, length).join('.');
}
