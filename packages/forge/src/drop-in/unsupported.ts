import { TributaryError } from '@tributary/pipeline';

/** A part of Forge that there is nothing of outside it. */
export class ForgeUnsupportedError extends TributaryError {
  override name = 'ForgeUnsupportedError';
  /** What was used, as the app wrote it: `webTrigger.getUrl`. */
  readonly feature: string;

  constructor(feature: string, advice: string) {
    super(`${feature} is not available outside Forge. ${advice}`, { code: 'FORGE_UNSUPPORTED' });
    this.feature = feature;
  }

  protected override details(): Record<string, unknown> {
    return { feature: this.feature };
  }
}
