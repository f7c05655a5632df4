import { registerHooks } from 'node:module';

const DROP_IN = new URL('./index.js', import.meta.url).href;

// `node --import @tributary/forge/register main.js`: both `import` and `require` of it find the drop-in.
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === '@forge/api'
      ? { url: DROP_IN, format: 'module', shortCircuit: true }
      : next(specifier, context),
});
