import Resolver from '@forge/resolver';
import { defineInsights } from './insights';

const resolver = new Resolver();
defineInsights(resolver);

export const handler = resolver.getDefinitions();
