import type { Site } from '@tributary/pipeline';

/** Whichever site the user let the app into. Known by its URL, that of the gateway itself, also as a copy. */
export const grantedSite = (gateway: string): Site =>
  Object.freeze({ deployment: 'cloud', url: gateway, gateway });

export const isGrantedSite = ({ url, gateway }: Site): boolean => url === gateway;
