const NEEDED = [22, 19];
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1])) {
  console.error(
    `Tributary needs Node ${NEEDED.join('.')} or newer, but this is ${process.versions.node} and no pinned Node exists for ${process.platform}-${process.arch}: install Node 24 or newer and try again.`,
  );
  process.exit(1);
}
