export { type TerminalPromptOptions, terminalPrompt } from './terminal-prompt.js';
