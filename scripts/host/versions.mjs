// What the test host is made of. The cache folder is named after these, so a new version is a new folder.
export const versions = {
  'code-server': '4.139.1',
  node: '24',
  'playwright-core': '1.65.1',
};

/** The npm package that carries a Node 24 for this machine, headers included. */
export const nodePackage = `node-${process.platform}-${process.arch}`;

/** The name of the installation's folder. */
export const hostKey = [
  `code-server-${versions['code-server']}`,
  `node-${versions.node}`,
  `playwright-${versions['playwright-core']}`,
  `${process.platform}-${process.arch}`,
].join('_');
