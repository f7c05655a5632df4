export { Html, html } from './escape-html.js';
export { type Page, PRIVATE, pageResponse, seeOther } from './page.js';
