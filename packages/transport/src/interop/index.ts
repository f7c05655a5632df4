export type { RequestsConfluence } from '../answers/requests-confluence.js';
