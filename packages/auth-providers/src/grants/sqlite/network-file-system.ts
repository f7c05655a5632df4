/** File system types of statfs(2) on Linux: shared over a network, or with another kernel. */
const NETWORK_TYPES: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x01021997, '9p'],
  [0x00c36400, 'Ceph'],
  [0x5346414f, 'AFS'],
  [0x6b414653, 'AFS'],
  [0x73757245, 'Coda'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
  [0x19830326, 'BeeGFS'],
  [0x01161970, 'GFS2'],
  [0x7461636f, 'OCFS2'],
]);

/**
 * The name of a file system on which SQLite's write-ahead log does not work, since its processes share
 * memory (SQLite: "Write-Ahead Logging", "Disadvantages"). FUSE says nothing of what is behind it.
 */
export const networkFileSystem = (type: number): string | undefined =>
  // statfs gives a signed number on some architectures.
  NETWORK_TYPES.get(type >>> 0);
