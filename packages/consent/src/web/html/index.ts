export { Html, html } from './html.js';
export { type Page, PRIVATE, pageResponse, seeOther } from './page.js';
