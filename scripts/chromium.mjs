import { fileURLToPath } from 'node:url';
import { findProgram, installPackages, isExecutable } from './programs.mjs';

/** Names a Chromium or Chrome by its path, before any that is found. */
const VARIABLE = 'TRIBUTARY_CHROMIUM';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

const FILES = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/**
 * The Chromium or Chrome that tests use; undefined where there is none.
 * @throws Error when the variable names a file that can't be run
 */
export const findChromium = () => {
  const named = process.env[VARIABLE];
  if (named !== undefined && named !== '') {
    if (isExecutable(named)) return named;
    throw new Error(`${VARIABLE} names ${named}, which can't be run.`);
  }
  return NAMES.map((name) => findProgram(name)).find(Boolean) ?? FILES.find(isExecutable);
};

/** What to run where there is none. */
export const INSTALL_CHROMIUM = 'npx -y pnpm@12 chromium';

const ADVICE = `Tests in a browser need Chromium or Chrome. Install one (Debian: apt-get install chromium; macOS: brew install --cask chromium), or name one by ${VARIABLE}, and try again.`;

const install = async () => {
  // A Debian without fonts would show every letter as a box.
  const packages = ['chromium', 'fonts-dejavu-core'];
  if (findChromium() === undefined) await installPackages(packages, ADVICE);
  const found = findChromium();
  if (found === undefined) throw new Error('Installed, and yet not found: chromium.');
  console.error(`Tests in a browser use ${found}.`);
};

/** `where` prints the path of the one that tests use, or nothing; without it, one is installed. */
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    if (process.argv[2] === 'where') process.stdout.write(findChromium() ?? '');
    else await install();
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
