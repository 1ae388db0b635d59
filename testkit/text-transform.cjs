'use strict';
/** What `import text from './file' with { type: 'text' }` is in Bun, for jest: the file's source as the default export. */
module.exports = {
  process: (source) => ({ code: `module.exports = ${JSON.stringify(source)};` }),
};
