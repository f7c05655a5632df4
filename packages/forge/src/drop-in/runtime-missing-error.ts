import { TributaryError } from '@tributary/pipeline';

/** Code written for Forge ran before anything stood in for Forge's runtime. */
export class ForgeRuntimeMissingError extends TributaryError {
  override name = 'ForgeRuntimeMissingError';

  /** @param advice what to do, after Forge's own words */
  constructor(advice: string) {
    super(`Forge runtime not found. ${advice}`, { code: 'FORGE_RUNTIME_MISSING' });
  }
}
