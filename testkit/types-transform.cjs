/**
 * For jest: TypeScript as Node itself runs it, types replaced by spaces, so that lines and columns stay. jest knows no
 * imports of text; text-transform.cjs makes modules of those files.
 */
const { stripTypeScriptTypes } = require('node:module');

module.exports = {
  process: (source) => ({ code: stripTypeScriptTypes(source).replaceAll(/ with \{ type: 'text' \}/g, '') }),
};
