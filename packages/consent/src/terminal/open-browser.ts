/** Whether there is a screen to open a browser on; without one, Linux starts a text browser that nobody sees. */
export const canOpenBrowser = (
  platform: NodeJS.Platform = process.platform,
  env: NodeJS.ProcessEnv = process.env,
): boolean =>
  platform === 'darwin' ||
  platform === 'win32' ||
  Boolean(env.DISPLAY || env.WAYLAND_DISPLAY || env.WSL_DISTRO_NAME);

/**
 * Opens the machine's browser.
 * @throws as soon as its launcher can't start or ends with an error, which may be a while later.
 */
export const openInBrowser = async (url: string): Promise<void> => {
  const { default: open } = await import('open');
  const launcher = await open(url);
  if (launcher.exitCode === null) {
    await new Promise<void>((resolve, reject) => {
      launcher.once('error', reject);
      launcher.once('exit', () => resolve());
    });
  }
  if (launcher.exitCode !== 0) throw new Error(`The browser's launcher ended with an error.`);
};
