// What a browser bundle of the bare chain holds; only its size is looked at.
import {
  anonymous,
  authenticate,
  bearer,
  cloud,
  resolveProviders,
} from '@tributary/auth-providers';
import { createPipeline } from '@tributary/pipeline';
import { route } from '@tributary/route';
import { kyTerminal, retry } from '@tributary/transport';

export {
  anonymous,
  authenticate,
  bearer,
  cloud,
  createPipeline,
  kyTerminal,
  resolveProviders,
  retry,
  route,
};
