const { transformSync } = require('esbuild');

/** A loader of webpack's: takes types off, as the compiler of Forge's CLI does. */
module.exports = (source) => transformSync(source, { loader: 'ts' }).code;
